(** * Finite sums of real numbers

    [sum K f] is f(0) + f(1) + ... + f(K-1), so a sum "over the K classes" is a
    sum over the indices k < K, and the empty sum is 0.  The chapters on
    activations, backpropagation and ambiguous images share this file; it holds
    only what every first course uses without saying so: sums respect equality,
    order, addition and scaling, and finite sums may be exchanged. *)

Require Import Reals Lra Lia.
Open Scope R_scope.

Fixpoint sum (K : nat) (f : nat -> R) : R :=
  match K with
  | O => 0
  | S n => sum n f + f n
  end.

(** Kronecker's delta. *)
Definition kronecker (i j : nat) : R := if Nat.eqb i j then 1 else 0.

Lemma sum_ext K f g : (forall k, (k < K)%nat -> f k = g k) -> sum K f = sum K g.
Proof.
  induction K as [| n IH]; intro E; simpl; [ reflexivity | ].
  rewrite IH by (intros; apply E; lia). rewrite E by lia. reflexivity.
Qed.

Lemma sum_le K f g : (forall k, (k < K)%nat -> f k <= g k) -> sum K f <= sum K g.
Proof.
  induction K as [| n IH]; intro L; simpl; [ lra | ].
  apply Rplus_le_compat; [ apply IH; intros; apply L; lia | apply L; lia ].
Qed.

Lemma sum_nonneg K f : (forall k, (k < K)%nat -> 0 <= f k) -> 0 <= sum K f.
Proof.
  induction K as [| n IH]; intro P; simpl; [ lra | ].
  apply Rplus_le_le_0_compat; [ apply IH; intros; apply P; lia | apply P; lia ].
Qed.

Lemma sum_plus K f g : sum K (fun k => f k + g k) = sum K f + sum K g.
Proof. induction K as [| n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma sum_minus K f g : sum K (fun k => f k - g k) = sum K f - sum K g.
Proof. induction K as [| n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma sum_scal K c f : sum K (fun k => c * f k) = c * sum K f.
Proof. induction K as [| n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma sum_zero K : sum K (fun _ => 0) = 0.
Proof. induction K as [| n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma sum_const K c : sum K (fun _ => c) = INR K * c.
Proof.
  induction K as [| n IH]; [ simpl; ring | ].
  rewrite S_INR; simpl; rewrite IH; ring.
Qed.

(** The order of two finite sums does not matter. *)
Lemma sum_exchange K M (f : nat -> nat -> R) :
  sum K (fun k => sum M (fun m => f k m)) = sum M (fun m => sum K (fun k => f k m)).
Proof.
  induction K as [| n IH]; simpl; [ now rewrite sum_zero | ].
  rewrite sum_plus, IH; reflexivity.
Qed.

(** A sum against Kronecker's delta picks one term. *)
Lemma sum_kronecker K j f : (j < K)%nat -> sum K (fun k => kronecker k j * f k) = f j.
Proof.
  unfold kronecker. induction K as [| n IH]; intro H; [ lia | ]; simpl.
  destruct (Nat.eqb_spec n j) as [-> | ne].
  - rewrite (sum_ext _ _ (fun _ => 0)), sum_zero; [ ring | ].
    intros k Hk; destruct (Nat.eqb_spec k j); [ lia | ring ].
  - rewrite IH by lia; ring.
Qed.

(** One term is at most the whole, when no term is negative; and so are two. *)
Lemma sum_ge_one K f i :
  (forall k, (k < K)%nat -> 0 <= f k) -> (i < K)%nat -> f i <= sum K f.
Proof.
  induction K as [| n IH]; intros P Hi; [ lia | ]; simpl.
  assert (0 <= sum n f) by (apply sum_nonneg; intros; apply P; lia).
  destruct (Nat.eq_dec i n) as [-> | ne]; [ lra | ].
  assert (f i <= sum n f) by (apply IH; [ intros; apply P | ]; lia).
  pose proof (P n ltac:(lia)); lra.
Qed.

Lemma sum_ge_two K f i j :
  (forall k, (k < K)%nat -> 0 <= f k) -> (i < K)%nat -> (j < K)%nat -> i <> j ->
  f i + f j <= sum K f.
Proof.
  induction K as [| n IH]; intros P Hi Hj ne; [ lia | ]; simpl.
  assert (Pn : forall k, (k < n)%nat -> 0 <= f k) by (intros; apply P; lia).
  destruct (Nat.eq_dec i n) as [-> | ni].
  - pose proof (sum_ge_one n f j Pn ltac:(lia)); lra.
  - destruct (Nat.eq_dec j n) as [-> | nj].
    + pose proof (sum_ge_one n f i Pn ltac:(lia)); lra.
    + assert (f i + f j <= sum n f) by (apply IH; auto; lia).
      pose proof (P n ltac:(lia)); lra.
Qed.

(** A non-empty finite family of reals has a largest member. *)
Lemma argmax K (f : nat -> R) : (0 < K)%nat ->
  exists i, (i < K)%nat /\ forall k, (k < K)%nat -> f k <= f i.
Proof.
  induction K as [| n IH]; intro H; [ lia | ].
  destruct n as [| n'].
  - exists 0%nat; split; [ lia | ]; intros k Hk; replace k with 0%nat by lia; lra.
  - destruct (IH ltac:(lia)) as (i & Hi & Mi).
    destruct (Rle_dec (f (S n')) (f i)) as [L | G].
    + exists i; split; [ lia | ]; intros k Hk.
      destruct (Nat.eq_dec k (S n')) as [-> | ne]; [ assumption | apply Mi; lia ].
    + exists (S n'); split; [ lia | ]; intros k Hk.
      destruct (Nat.eq_dec k (S n')) as [-> | ne]; [ lra | ].
      pose proof (Mi k ltac:(lia)); lra.
Qed.
