(** * Softmax, its Jacobian, and sparsemax

    What activations.v begins is finished here, for every number K >= 1 of classes:

    - v^T J v is the spread of v about its mean, and zero for constant vectors only, which
      are the kernel of J;
    - 0 <= v^T J v <= |v|^2 / 2, with equality on the right, for v <> 0, only if K = 2 and
      the two scores are equal;  v^T J v <= (largest share) |v|^2;
    - the eigenvalues of J interlace with the shares: one lies between any two of them, and
      one that is no share is a zero of the sum of s_k / (s_k - lambda);
    - softmax shrinks distances at least by half;
    - log-sum-exp lies above its tangents and is convex;  tau lse (z / tau) is within
      tau ln K of the largest score;
    - sparsemax is the nearest point of the simplex.

    The only axioms are those of Coq's real numbers. *)

Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Dlnotes Require Import finite_sums activations.
Open Scope R_scope.

Lemma sum_zero_terms M f : (forall k, (k < M)%nat -> 0 <= f k) -> sum M f = 0 ->
  forall k, (k < M)%nat -> f k = 0.
Proof.
  intros P Z k Hk; pose proof (sum_ge_one M f k P Hk); pose proof (P k Hk); lra.
Qed.

Lemma continuity_sum M (g : nat -> R -> R) l :
  (forall k, (k < M)%nat -> continuity_pt (g k) l) ->
  continuity_pt (fun t => sum M (fun k => g k t)) l.
Proof.
  induction M as [| n IH]; intro C; simpl.
  - apply continuity_pt_const; intros x y; reflexivity.
  - apply (continuity_pt_plus (fun t => sum n (fun k => g k t)) (g n));
      [ apply IH; intros; apply C; lia | apply C; lia ].
Qed.

Section Softmax.
Variable K : nat.
Hypothesis K_pos : (0 < K)%nat.
Implicit Types z v w u d q : nat -> R.

(** ** The Jacobian as a map, and its kernel *)

Definition times_jacobian z v (i : nat) : R := sum K (fun j => jacobian K z i j * v j).
Definition constant v : Prop := forall i j, (i < K)%nat -> (j < K)%nat -> v i = v j.

Lemma jacobian_acts z v i : (i < K)%nat ->
  times_jacobian z v i = softmax K z i * (v i - mean K z v).
Proof.
  intro Hi; unfold times_jacobian.
  rewrite (sum_ext K _ (fun j =>
    softmax K z i * (kronecker j i * v j) - softmax K z i * (softmax K z j * v j))).
  - rewrite sum_minus, !sum_scal, sum_kronecker by assumption; fold (mean K z v); ring.
  - intros j _; unfold jacobian; rewrite kronecker_sym; ring.
Qed.

Lemma mean_of_constant z v i : constant v -> (i < K)%nat -> mean K z v = v i.
Proof.
  intros C Hi; unfold mean; rewrite (sum_ext K _ (fun k => v i * softmax K z k)).
  - rewrite sum_scal, (softmax_sums_to_one K K_pos); ring.
  - intros k Hk; rewrite (C k i Hk Hi); ring.
Qed.

Theorem spread z v :
  quadratic_form K z v = sum K (fun k => softmax K z k * (v k - mean K z v) ^ 2) /\
  (quadratic_form K z v = 0 <-> constant v) /\
  ((forall i, (i < K)%nat -> times_jacobian z v i = 0) <-> constant v).
Proof.
  assert (E : quadratic_form K z v =
    sum K (fun k => softmax K z k * (v k - mean K z v) ^ 2)).
  { rewrite (mean_square_around K K_pos); ring. }
  assert (Z : quadratic_form K z v = 0 -> constant v).
  { intro Z; rewrite E in Z; pose proof (softmax_pos K K_pos z) as P.
    assert (M : forall k, (k < K)%nat -> v k = mean K z v).
    { intros k Hk.
      assert (T : softmax K z k * (v k - mean K z v) ^ 2 = 0).
      { apply (sum_zero_terms K (fun k => softmax K z k * (v k - mean K z v) ^ 2));
          [ | assumption | assumption ].
        intros; apply Rmult_le_pos; [ left; apply P | apply pow2_ge_0 ]. }
      apply Rmult_integral in T; destruct T as [T | T]; [ pose proof (P k); lra | ].
      simpl in T; rewrite Rmult_1_r in T; apply Rmult_integral in T; lra. }
    intros i j Hi Hj; rewrite (M i Hi), (M j Hj); reflexivity. }
  assert (C : constant v -> forall i, (i < K)%nat -> times_jacobian z v i = 0).
  { intros C i Hi; rewrite jacobian_acts, (mean_of_constant z v i C Hi) by assumption; ring. }
  assert (Q : (forall i, (i < K)%nat -> times_jacobian z v i = 0) -> quadratic_form K z v = 0).
  { intro N; unfold quadratic_form; rewrite (sum_ext K _ (fun _ => 0)); [ apply sum_zero | ].
    intros i Hi; specialize (N i Hi); unfold times_jacobian in N; rewrite N; ring. }
  split; [ exact E | ]; split; split; auto.
Qed.

(** ** When the bound of one half is attained *)

Theorem jacobian_bounds z v :
  0 <= quadratic_form K z v <= 1 / 2 * sum K (fun i => v i ^ 2) /\
  (quadratic_form K z v = 1 / 2 * sum K (fun i => v i ^ 2) ->
   (exists k, (k < K)%nat /\ v k <> 0) ->
   K = 2%nat /\ z 0%nat = z 1%nat /\ v 0%nat = - v 1%nat).
Proof.
  split; [ apply (activations.jacobian_bounds K K_pos) | ]; intros Eq (k0 & Hk0 & ne).
  destruct (argmax K v K_pos) as (i & Hi & Mi).
  destruct (argmax K (fun k => - v k) K_pos) as (j & Hj & Mj).
  set (c := (v i + v j) / 2) in *.
  assert (P : forall k, (k < K)%nat -> 0 <= v k ^ 2) by (intros; apply pow2_ge_0).
  assert (B : forall k, (k < K)%nat -> 0 <= softmax K z k * ((v i - v k) * (v k - v j))).
  { intros k Hk; specialize (Mi k Hk); specialize (Mj k Hk); simpl in Mj.
    apply Rmult_le_pos; [ left; apply (softmax_pos K K_pos) | apply Rmult_le_pos; lra ]. }
  (* the spread about the midpoint falls short of its bound by what lies inside *)
  assert (M : quadratic_form K z v = ((v i - v j) / 2) ^ 2
    - sum K (fun k => softmax K z k * ((v i - v k) * (v k - v j)))
    - (mean K z v - c) ^ 2).
  { pose proof (mean_square_around K K_pos z v c) as A.
    rewrite (sum_ext K _ (fun k => ((v i - v j) / 2) ^ 2 * softmax K z k
      - softmax K z k * ((v i - v k) * (v k - v j)))) in A.
    - rewrite sum_minus, sum_scal, (softmax_sums_to_one K K_pos) in A; lra.
    - intros k _; unfold c; field. }
  pose proof (sum_nonneg K _ B) as Bs; pose proof (pow2_ge_0 (mean K z v - c)) as Ms.
  destruct (Nat.eq_dec i j) as [<- | nij].
  { (* all entries are equal, hence zero *)
    replace (((v i - v i) / 2) ^ 2) with 0 in M by field.
    pose proof (sum_nonneg K _ P) as N; simpl in N, Eq.
    exfalso; apply ne; assert (T : v k0 ^ 2 = 0).
    { apply (sum_zero_terms K (fun k => v k ^ 2)); [ assumption | simpl; lra | assumption ]. }
    simpl in T; rewrite Rmult_1_r in T; apply Rmult_integral in T; lra. }
  pose proof (sum_ge_two K (fun k => v k ^ 2) i j P Hi Hj nij) as T2; cbv beta in T2.
  pose proof (pow2_ge_0 (v i + v j)) as Sq.
  assert (Opp : v j = - v i).
  { assert (Z : (v i + v j) * (v i + v j) = 0) by nra.
    apply Rmult_integral in Z; lra. }
  assert (Inside : sum K (fun k => softmax K z k * ((v i - v k) * (v k - v j))) = 0) by nra.
  assert (Centre : mean K z v = 0).
  { assert (Z : (mean K z v - c) * (mean K z v - c) = 0) by nra.
    unfold c in Z; rewrite Opp in Z; apply Rmult_integral in Z; lra. }
  assert (Total : sum K (fun k => v k ^ 2) = 2 * v i ^ 2) by (rewrite Opp in *; nra).
  assert (Each : forall k, (k < K)%nat -> v k = v i \/ v k = - v i).
  { intros k Hk; pose proof (sum_zero_terms K _ B Inside k Hk) as Z; cbv beta in Z.
    apply Rmult_integral in Z; destruct Z as [Z | Z].
    - pose proof (softmax_pos K K_pos z k); lra.
    - rewrite Opp in Z; apply Rmult_integral in Z; lra. }
  assert (Big : v i <> 0).
  { intro Z; destruct (Each k0 Hk0) as [E | E]; rewrite E, Z in ne; lra. }
  assert (Two : K = 2%nat).
  { rewrite (sum_ext K _ (fun _ => v i ^ 2)), sum_const in Total.
    - apply INR_eq; simpl; apply (Rmult_eq_reg_r (v i ^ 2)); [ lra | ].
      apply pow_nonzero, Big.
    - intros k Hk; destruct (Each k Hk) as [-> | ->]; ring. }
  split; [ exact Two | ].
  assert (Ends : v 0%nat = - v 1%nat /\ v 1%nat <> 0).
  { assert (i = 0 /\ j = 1 \/ i = 1 /\ j = 0)%nat as [[-> ->] | [-> ->]] by lia; lra. }
  destruct Ends as [E01 n1]; split; [ | exact E01 ].
  unfold mean in Centre; rewrite Two in Centre; cbn [sum] in Centre; rewrite E01 in Centre.
  assert (S : softmax K z 0 = softmax K z 1).
  { rewrite Two; apply (Rmult_eq_reg_r (v 1%nat)); [ lra | exact n1 ]. }
  unfold softmax in S; apply exp_inv; apply (Rmult_eq_reg_r (/ partition K z)); [ exact S | ].
  apply Rinv_neq_0_compat; pose proof (partition_pos K K_pos z); lra.
Qed.

(** With the largest share in place of one half. *)
Theorem jacobian_largest_share z v m :
  (forall k, (k < K)%nat -> softmax K z k <= m) ->
  quadratic_form K z v <= m * sum K (fun i => v i ^ 2).
Proof.
  intro L; rewrite quadratic_form_variance; pose proof (pow2_ge_0 (mean K z v)).
  rewrite <- sum_scal; apply Rle_trans with (sum K (fun i => softmax K z i * v i ^ 2)); [ lra | ].
  apply sum_le; intros k Hk; apply Rmult_le_compat_r; [ apply pow2_ge_0 | now apply L ].
Qed.

(** ** The eigenvalues *)

Definition secular z (l : R) : R := sum K (fun k => softmax K z k / (softmax K z k - l)).
Definition eigenvector z (l : R) v : Prop :=
  (exists k, (k < K)%nat /\ v k <> 0) /\
  forall i, (i < K)%nat -> times_jacobian z v i = l * v i.

Lemma secular_vector z l : (forall k, (k < K)%nat -> softmax K z k <> l) ->
  forall i, (i < K)%nat ->
  times_jacobian z (fun k => softmax K z k / (softmax K z k - l)) i =
  l * (softmax K z i / (softmax K z i - l)) - l * secular z l * softmax K z i.
Proof.
  intros N i Hi; rewrite jacobian_acts by assumption.
  assert (M : mean K z (fun k => softmax K z k / (softmax K z k - l)) = 1 + l * secular z l).
  { unfold mean, secular; rewrite <- (softmax_sums_to_one K K_pos z), <- sum_scal, <- sum_plus.
    apply sum_ext; intros k Hk; specialize (N k Hk); field; lra. }
  rewrite M; specialize (N i Hi); field; lra.
Qed.

(** The sum times (l - a)(b - l), which has no pole left from a to b if no share lies between. *)
Lemma secular_root z a b : 0 < a < b ->
  (exists i, (i < K)%nat /\ softmax K z i = a) -> (exists j, (j < K)%nat /\ softmax K z j = b) ->
  (forall k, (k < K)%nat -> softmax K z k <= a \/ b <= softmax K z k) ->
  exists l, a < l < b /\ secular z l = 0.
Proof.
  intros ab (i & Hi & Ei) (j & Hj & Ej) gap.
  set (s := softmax K z) in *.
  set (term := fun k l => if Req_EM_T (s k) a then - s k * (b - l)
    else if Req_EM_T (s k) b then s k * (l - a)
    else s k * ((l - a) * (b - l)) / (s k - l)).
  assert (Continuous : forall k, (k < K)%nat -> forall l, a <= l <= b ->
    continuity_pt (term k) l).
  { intros k Hk l Hl; unfold term; destruct (Req_EM_T (s k) a) as [E | n1]; [ reg | ].
    destruct (Req_EM_T (s k) b) as [E | n2]; [ reg | ].
    reg; destruct (gap k Hk); lra. }
  set (f := fun l => sum K (fun k => term k l)).
  assert (F : forall l, a <= l <= b -> continuity_pt f l).
  { intros l Hl; unfold f; apply continuity_sum; intros k Hk; now apply Continuous. }
  assert (P : forall k, 0 < s k) by apply (softmax_pos K K_pos z).
  assert (Low : f a < 0).
  { assert (N : s i * (b - a) <= sum K (fun k => - term k a)).
    { replace (s i * (b - a)) with (- term i a).
      - apply (sum_ge_one K (fun k => - term k a)); [ | assumption ].
        intros k _; unfold term; pose proof (P k).
        destruct (Req_EM_T (s k) a); [ nra | ]; destruct (Req_EM_T (s k) b); [ lra | ].
        unfold Rdiv; replace (a - a) with 0 by ring; lra.
      - unfold term; destruct (Req_EM_T (s i) a); [ ring | contradiction ]. }
    rewrite (sum_ext K _ (fun k => -1 * term k a)), sum_scal in N by (intros; ring).
    fold (f a) in N; pose proof (P i); nra. }
  assert (High : 0 < f b).
  { apply Rlt_le_trans with (term j b).
    - unfold term; destruct (Req_EM_T (s j) a); [ lra | ].
      destruct (Req_EM_T (s j) b); [ pose proof (P j); nra | contradiction ].
    - apply (sum_ge_one K (fun k => term k b)); [ | assumption ].
      intros k _; unfold term; pose proof (P k).
      destruct (Req_EM_T (s k) a); [ lra | ]; destruct (Req_EM_T (s k) b); [ nra | ].
      unfold Rdiv; replace (b - b) with 0 by ring; lra. }
  destruct (Ranalysis5.IVT_interv f a b F ltac:(lra) Low High) as (l & Hl & Z).
  assert (In : a < l < b) by (destruct Hl as [[| <-] [| ->]]; lra).
  exists l; split; [ exact In | ].
  apply (Rmult_eq_reg_l ((l - a) * (b - l))); [ | nra ].
  rewrite Rmult_0_r, <- Z; unfold secular, f; rewrite <- sum_scal; apply sum_ext.
  intros k Hk; fold s; unfold term; destruct (gap k Hk) as [G | G].
  - destruct (Req_EM_T (s k) a) as [-> | n1]; [ field; lra | ].
    destruct (Req_EM_T (s k) b); [ lra | field; lra ].
  - destruct (Req_EM_T (s k) a); [ lra | ].
    destruct (Req_EM_T (s k) b) as [-> | n2]; field; lra.
Qed.

(** Between two different shares there is a nearest one above the lower. *)
Lemma next_share z i j : (i < K)%nat -> (j < K)%nat -> softmax K z i < softmax K z j ->
  exists b, (b < K)%nat /\ softmax K z i < softmax K z b <= softmax K z j /\
    forall k, (k < K)%nat -> softmax K z k <= softmax K z i \/ softmax K z b <= softmax K z k.
Proof.
  intros Hi Hj Lt.
  destruct (argmax K (fun k => if Rle_dec (softmax K z k) (softmax K z i)
    then - 2 else - softmax K z k) K_pos) as (b & Hb & M).
  assert (Small : forall k, (k < K)%nat -> softmax K z k <= 1).
  { intros k Hk; rewrite <- (softmax_sums_to_one K K_pos z); apply sum_ge_one; [ | assumption ].
    intros; left; apply (softmax_pos K K_pos). }
  exists b; split; [ assumption | ].
  pose proof (M j Hj) as Mj; cbv beta in Mj.
  destruct (Rle_dec (softmax K z j) (softmax K z i)); [ lra | ].
  destruct (Rle_dec (softmax K z b) (softmax K z i)).
  { pose proof (Small j Hj); lra. }
  split; [ lra | ]; intros k Hk; specialize (M k Hk); cbv beta in M.
  destruct (Rle_dec (softmax K z k) (softmax K z i)); [ now left | right; lra ].
Qed.

Theorem interlacing z l :
  ((forall k, (k < K)%nat -> softmax K z k <> l) -> forall i, (i < K)%nat ->
    times_jacobian z (fun k => softmax K z k / (softmax K z k - l)) i =
    l * (softmax K z i / (softmax K z i - l)) - l * secular z l * softmax K z i) /\
  (forall i j, (i < K)%nat -> (j < K)%nat -> i <> j -> softmax K z i <= softmax K z j ->
    exists m v, softmax K z i <= m <= softmax K z j /\ eigenvector z m v /\
      (softmax K z i < softmax K z j -> softmax K z i < m < softmax K z j)).
Proof.
  split; [ exact (secular_vector z l) | ]; intros i j Hi Hj ne Le.
  destruct Le as [Lt | E].
  - destruct (next_share z i j Hi Hj Lt) as (b & Hb & Between & gap).
    pose proof (softmax_pos K K_pos z) as P.
    destruct (secular_root z (softmax K z i) (softmax K z b)) as (m & Hm & Z).
    + pose proof (P i); lra.
    + now exists i.
    + now exists b.
    + exact gap.
    + assert (N : forall k, (k < K)%nat -> softmax K z k <> m).
      { intros k Hk; destruct (gap k Hk); lra. }
      exists m, (fun k => softmax K z k / (softmax K z k - m)); split; [ lra | ].
      split; [ | intros _; lra ]; split.
      * exists i; split; [ assumption | ]; unfold Rdiv; apply Rmult_integral_contrapositive_currified.
        -- pose proof (P i); lra.
        -- apply Rinv_neq_0_compat; pose proof (N i Hi); lra.
      * intros k Hk; rewrite secular_vector, Z by assumption; ring.
  - exists (softmax K z i), (fun k => kronecker k i - kronecker k j).
    split; [ lra | split; [ | lra ] ]; split.
    + exists i; split; [ assumption | ]; unfold kronecker; rewrite Nat.eqb_refl.
      destruct (Nat.eqb_spec i j); [ contradiction | lra ].
    + intros k Hk; rewrite jacobian_acts by assumption.
      assert (M : mean K z (fun k => kronecker k i - kronecker k j) = 0).
      { unfold mean; rewrite (sum_ext K _ (fun k => kronecker k i * softmax K z k
          - kronecker k j * softmax K z k)) by (intros; ring).
        rewrite sum_minus, !sum_kronecker by assumption; lra. }
      rewrite M; unfold kronecker; destruct (Nat.eqb_spec k i) as [-> | ni].
      * destruct (Nat.eqb_spec i j); [ contradiction | ring ].
      * destruct (Nat.eqb_spec k j) as [-> | nj]; [ rewrite E; ring | ring ].
Qed.

(** ** Distances shrink at least by half *)

Lemma half_bilinear z u d :
  sum K (fun i => u i * times_jacobian z d i) <= 1 / 2 * (euclidean K u * euclidean K d).
Proof.
  set (B := sum K (fun i => u i * times_jacobian z d i)).
  assert (N : forall x, 0 <= sum K (fun k => x k ^ 2))
    by (intros; apply sum_nonneg; intros; apply pow2_ge_0).
  assert (Sq : forall x, euclidean K x * euclidean K x = sum K (fun k => x k ^ 2))
    by (intros; apply sqrt_sqrt, N).
  (* 0 <= (a u - d)^T J (a u - d) for every a *)
  assert (Q : forall a, 2 * a * B <=
    1 / 2 * (a ^ 2 * sum K (fun k => u k ^ 2) + sum K (fun k => d k ^ 2))).
  { intro a.
    pose proof (jacobian_positive_semidefinite K K_pos z (fun k => a * u k - d k)) as P.
    pose proof (proj2 (activations.jacobian_bounds K K_pos z u)) as U.
    pose proof (proj2 (activations.jacobian_bounds K K_pos z d)) as D.
    assert (E : quadratic_form K z (fun k => a * u k - d k) =
      a ^ 2 * quadratic_form K z u - 2 * a * B + quadratic_form K z d).
    { rewrite !quadratic_form_variance.
      assert (EB : B = sum K (fun i => softmax K z i * (u i * d i))
        - mean K z u * mean K z d).
      { unfold B; rewrite (sum_ext K _ (fun i => softmax K z i * (u i * d i)
          - mean K z d * (softmax K z i * u i))).
        - rewrite sum_minus, sum_scal; fold (mean K z u); ring.
        - intros i Hi; rewrite jacobian_acts by assumption; ring. }
      assert (EM : mean K z (fun k => a * u k - d k) = a * mean K z u - mean K z d).
      { unfold mean; rewrite <- sum_scal, <- sum_minus; apply sum_ext; intros; ring. }
      rewrite EM, EB.
      rewrite (sum_ext K (fun i => softmax K z i * (a * u i - d i) ^ 2) (fun i =>
        a ^ 2 * (softmax K z i * u i ^ 2) - 2 * a * (softmax K z i * (u i * d i))
        + softmax K z i * d i ^ 2)) by (intros; ring).
      rewrite sum_plus, sum_minus, !sum_scal; ring. }
    pose proof (pow2_ge_0 a); nra. }
  rewrite <- !Sq in Q; set (U := euclidean K u) in *; set (D := euclidean K d) in *.
  assert (PU : 0 <= U) by apply sqrt_pos; assert (PD : 0 <= D) by apply sqrt_pos.
  destruct PU as [PU | ZU].
  - destruct PD as [PD | ZD].
    + specialize (Q (D / U)).
      apply (Rmult_le_reg_l (2 * (D / U))).
      * apply Rmult_lt_0_compat; [ lra | now apply Rdiv_lt_0_compat ].
      * eapply Rle_trans; [ exact Q | ]; right; field; lra.
    + rewrite <- ZD in *; destruct (Rle_dec B 0) as [L | G]; [ lra | exfalso ].
      specialize (Q (B / (U * U))).
      assert (E : 2 * (B / (U * U)) * B <= 1 / 2 * (B / (U * U)) * B).
      { eapply Rle_trans; [ exact Q | ]; right; field; lra. }
      assert (0 < B / (U * U) * B) by (apply Rmult_lt_0_compat; [ | lra ];
        apply Rdiv_lt_0_compat; [ lra | now apply Rmult_lt_0_compat ]).
      lra.
  - rewrite <- ZU in *; destruct (Rle_dec B 0) as [L | G]; [ lra | exfalso ].
    specialize (Q ((D * D + 1) / B)).
    assert (E : 2 * ((D * D + 1) / B) * B = 2 * (D * D + 1)) by (field; lra).
    rewrite E in Q; nra.
Qed.

Definition on_line w d (t : R) : nat -> R := fun k => w k + t * d k.

Lemma softmax_on_line w d i t : (i < K)%nat ->
  is_derive (fun t => softmax K (on_line w d t) i) t
    (times_jacobian (on_line w d t) d i).
Proof.
  intro Hi; pose proof (partition_pos K K_pos (on_line w d t)) as Z.
  assert (E : forall k, is_derive (fun t => exp (on_line w d t k)) t
    (d k * exp (on_line w d t k))).
  { intro k; unfold on_line; auto_derive; [ trivial | ring ]. }
  assert (S : is_derive (fun t => partition K (on_line w d t)) t
    (sum K (fun k => d k * exp (on_line w d t k)))).
  { apply (derive_sum K (fun k t => exp (on_line w d t k)) t
      (fun k => d k * exp (on_line w d t k))); intros; apply E. }
  eapply derive_value.
  - apply (is_derive_div _ _ t _ _ (E i) S); lra.
  - rewrite jacobian_acts by assumption.
    assert (M : mean K (on_line w d t) d =
      sum K (fun k => d k * exp (on_line w d t k)) / partition K (on_line w d t)).
    { unfold mean, softmax, Rdiv; rewrite (Rmult_comm (sum K _)), <- sum_scal.
      apply sum_ext; intros; ring. }
    rewrite M; unfold softmax.
    set (P := partition K (on_line w d t)) in *; set (D := sum K _).
    change (@eq R ((d i * exp (on_line w d t i) * P - exp (on_line w d t i) * D) / P ^ 2)
      (exp (on_line w d t i) / P * (d i - D / P))); field; lra.
Qed.

Theorem softmax_halves z w :
  euclidean K (fun k => softmax K w k - softmax K z k) <=
  1 / 2 * euclidean K (fun k => w k - z k).
Proof.
  set (u := fun k => softmax K w k - softmax K z k); set (d := fun k => w k - z k).
  set (g := fun t => sum K (fun i => u i * softmax K (on_line z d t) i)).
  set (g' := fun t => sum K (fun i => u i * times_jacobian (on_line z d t) d i)).
  assert (D : forall t, is_derive g t (g' t)).
  { intro t; apply (derive_sum K (fun i t => u i * softmax K (on_line z d t) i)).
    intros k Hk; apply (is_derive_scal (fun t => softmax K (on_line z d t) k)).
    now apply softmax_on_line. }
  destruct (MVT_gen g 0 1 g') as (t & _ & V).
  { intros; apply D. }
  { intros r _; apply continuity_pt_filterlim, (ex_derive_continuous g r).
    exists (g' r); apply D. }
  assert (E : g 1 - g 0 = euclidean K u * euclidean K u).
  { unfold g; rewrite <- sum_minus; unfold euclidean; rewrite sqrt_sqrt
      by (apply sum_nonneg; intros; apply pow2_ge_0).
    apply sum_ext; intros k _; unfold u at 3.
    assert (A : softmax K (on_line z d 1) k = softmax K w k).
    { unfold softmax, partition, on_line, d; f_equal; [ f_equal; ring | ].
      apply sum_ext; intros; f_equal; ring. }
    assert (B : softmax K (on_line z d 0) k = softmax K z k).
    { unfold softmax, partition, on_line; f_equal; [ f_equal; ring | ].
      apply sum_ext; intros; f_equal; ring. }
    rewrite A, B; unfold u; ring. }
  pose proof (half_bilinear (on_line z d t) u d) as H; fold (g' t) in H.
  assert (P : 0 <= euclidean K u) by apply sqrt_pos.
  destruct P as [P | Z]; [ | rewrite <- Z; apply Rmult_le_pos; [ lra | apply sqrt_pos ] ].
  apply (Rmult_le_reg_l (euclidean K u)); [ assumption | ]; lra.
Qed.

(** ** Log-sum-exp: tangents, convexity, temperature *)

Theorem logsumexp_tangent z w :
  logsumexp K z + sum K (fun k => softmax K z k * (w k - z k)) <= logsumexp K w /\
  forall t, 0 <= t <= 1 -> logsumexp K (fun k => t * z k + (1 - t) * w k) <=
    t * logsumexp K z + (1 - t) * logsumexp K w.
Proof.
  assert (T : forall z w,
    logsumexp K z + sum K (fun k => softmax K z k * (w k - z k)) <= logsumexp K w).
  { clear z w; intros z w; set (m := sum K (fun k => softmax K z k * (w k - z k))).
    pose proof (partition_pos K K_pos z) as Z.
    assert (B : exp m <= sum K (fun k => softmax K z k * exp (w k - z k))).
    { replace (exp m) with (sum K (fun k =>
        softmax K z k * (exp m * (1 + (w k - z k - m))))).
      - apply sum_le; intros k _; apply Rmult_le_compat_l.
        + left; apply (softmax_pos K K_pos).
        + replace (w k - z k) with (m + (w k - z k - m)) at 2 by ring; rewrite exp_plus.
          apply Rmult_le_compat_l; [ left; apply exp_pos | apply exp_ineq1_le ].
      - rewrite (sum_ext K _ (fun k => exp m * ((1 - m) * softmax K z k
          + softmax K z k * (w k - z k)))) by (intros; ring).
        rewrite sum_scal, sum_plus, sum_scal, (softmax_sums_to_one K K_pos); fold m; ring. }
    assert (E : sum K (fun k => softmax K z k * exp (w k - z k)) =
      partition K w / partition K z).
    { unfold partition at 1; unfold Rdiv; rewrite Rmult_comm, <- sum_scal.
      apply sum_ext; intros k _; unfold softmax, Rminus; rewrite exp_plus, exp_Ropp.
      pose proof (exp_pos (z k)); field; lra. }
    rewrite E in B; unfold logsumexp; rewrite <- (ln_exp m).
    rewrite <- ln_mult; [ | assumption | apply exp_pos ]; apply ln_le.
    - apply Rmult_lt_0_compat; [ assumption | apply exp_pos ].
    - apply (Rmult_le_compat_l (partition K z)) in B; [ | lra ].
      eapply Rle_trans; [ exact B | ]; right; field; lra. }
  split; [ apply T | ]; intros t Ht; set (c := fun k => t * z k + (1 - t) * w k).
  pose proof (T c z) as A; pose proof (T c w) as B.
  assert (Z : t * sum K (fun k => softmax K c k * (z k - c k)) +
    (1 - t) * sum K (fun k => softmax K c k * (w k - c k)) = 0).
  { rewrite <- !sum_scal, <- sum_plus, <- (sum_zero K); apply sum_ext; intros k _.
    unfold c; ring. }
  nra.
Qed.

Theorem logsumexp_temperature z m tau : 0 < tau ->
  (forall k, (k < K)%nat -> z k <= m) -> (exists i, (i < K)%nat /\ z i = m) ->
  m <= tau * logsumexp K (fun k => z k / tau) <= m + tau * ln (INR K).
Proof.
  intros P Le (i & Hi & Ei).
  destruct (logsumexp_bounds K K_pos (fun k => z k / tau) (m / tau)) as [L U].
  - intros k Hk; apply Rmult_le_compat_r; [ left; now apply Rinv_0_lt_compat | now apply Le ].
  - exists i; split; [ assumption | now rewrite Ei ].
  - replace m with (tau * (m / tau)) at 1 2 by (field; lra); split.
    + apply Rmult_le_compat_l; lra.
    + rewrite <- Rmult_plus_distr_l; apply Rmult_le_compat_l; lra.
Qed.

(** ** Second derivatives of the cross-entropy *)

Theorem cross_entropy_hessian y z i j : sum K y = 1 -> (i < K)%nat -> (j < K)%nat ->
  (forall w, is_partial (cross_entropy K y) w j (softmax K w j - y j)) /\
  is_partial (fun w => softmax K w j - y j) z i
    (softmax K z j * (kronecker j i - softmax K z i)).
Proof.
  intros Y Hi Hj; split; [ intro; now apply (cross_entropy_gradient K K_pos) | ].
  unfold is_partial; rewrite <- (Rminus_0_r (softmax K z j * _)).
  apply derive_minus; [ now apply (softmax_jacobian K K_pos z j i) | apply derive_const ].
Qed.

(** ** Sparsemax *)

(** Cutting off at the threshold t: no point q with entries >= 0 and the same sum is nearer. *)
Theorem sparsemax_nearest z t q :
  let p := fun k => Rmax (z k - t) 0 in
  (forall k, (k < K)%nat -> 0 <= q k) ->
  sum K (fun k => (z k - p k) ^ 2) + sum K (fun k => (p k - q k) ^ 2)
    + 2 * t * (sum K p - sum K q) <= sum K (fun k => (z k - q k) ^ 2).
Proof.
  intros p Q; rewrite <- sum_minus, <- sum_scal, <- !sum_plus; apply sum_le; intros k Hk.
  unfold p; specialize (Q k Hk); unfold Rmax; destruct (Rle_dec (z k - t) 0); nra.
Qed.

(** A threshold at which the sum is one exists, and only one. *)
Theorem sparsemax_threshold z :
  exists t, sum K (fun k => Rmax (z k - t) 0) = 1 /\
    forall r, sum K (fun k => Rmax (z k - r) 0) = 1 -> r = t.
Proof.
  destruct (argmax K z K_pos) as (i & Hi & Mi).
  set (f := fun t => 1 - sum K (fun k => Rmax (z k - t) 0)).
  assert (C : forall t, continuity_pt f t).
  { intro t; unfold f; apply (continuity_pt_minus (fun _ => 1)).
    - apply continuity_pt_const; intros x y; reflexivity.
    - apply continuity_sum; intros k _.
      apply (continuity_pt_ext (fun t => ((z k - t) + Rabs (z k - t)) / 2)).
      { intro r; unfold Rmax, Rabs; destruct (Rle_dec (z k - r) 0), (Rcase_abs (z k - r)); lra. }
      reg. }
  assert (Term : forall t k, 0 <= Rmax (z k - t) 0) by (intros; apply Rmax_r).
  assert (High : 0 < f (z i)).
  { unfold f; rewrite (sum_ext K _ (fun _ => 0)), sum_zero; [ lra | ].
    intros k Hk; apply Rmax_right; specialize (Mi k Hk); lra. }
  assert (Low : f (z i - 2) < 0).
  { pose proof (sum_ge_one K (fun k => Rmax (z k - (z i - 2)) 0) i (fun k _ => Term _ k) Hi).
    cbv beta in H; rewrite Rmax_left in H by lra; unfold f; lra. }
  destruct (Ranalysis5.IVT_interv f (z i - 2) (z i) (fun t _ => C t) ltac:(lra) Low High)
    as (t & _ & Z).
  assert (One : sum K (fun k => Rmax (z k - t) 0) = 1) by (unfold f in Z; lra).
  (* the sum decreases strictly as long as it is positive *)
  assert (Mono : forall a b, a < b -> sum K (fun k => Rmax (z k - b) 0) = 1 ->
    1 < sum K (fun k => Rmax (z k - a) 0)).
  { intros a b ab E; apply Rnot_le_lt; intro Le.
    assert (D : forall k, (k < K)%nat -> 0 <= Rmax (z k - a) 0 - Rmax (z k - b) 0).
    { intros k _; unfold Rmax; destruct (Rle_dec (z k - a) 0), (Rle_dec (z k - b) 0); lra. }
    assert (Zs : sum K (fun k => Rmax (z k - a) 0 - Rmax (z k - b) 0) = 0).
    { apply Rle_antisym; [ rewrite sum_minus; lra | now apply sum_nonneg ]. }
    assert (None : sum K (fun k => Rmax (z k - b) 0) = 0).
    { rewrite (sum_ext K _ (fun _ => 0)); [ apply sum_zero | ]; intros k Hk.
      pose proof (sum_zero_terms K _ D Zs k Hk) as T; cbv beta in T; revert T.
      unfold Rmax; destruct (Rle_dec (z k - a) 0), (Rle_dec (z k - b) 0); lra. }
    lra. }
  exists t; split; [ assumption | ]; intros r R1.
  destruct (Rtotal_order r t) as [L | [E | G]]; [ | assumption | ].
  - pose proof (Mono r t L One); lra.
  - pose proof (Mono t r G R1); lra.
Qed.

End Softmax.

Definition theorems := (
  @spread,
  @jacobian_bounds,
  @jacobian_largest_share,
  @interlacing,
  @softmax_halves,
  @logsumexp_tangent,
  @logsumexp_temperature,
  @cross_entropy_hessian,
  @sparsemax_nearest,
  @sparsemax_threshold).

Print Assumptions theorems.
