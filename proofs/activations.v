(** * Activations

    What is proved here, for every real argument and every number K of classes:

    - the derivatives of sigmoid, tanh, softplus, SiLU and ReLU (the last away from
      0, where it is shown to have none);
    - 0 < sigma'(x) <= 1/4 with equality at 0 only, 0 < tanh'(x) <= 1 likewise;
    - relu <= softplus <= relu + ln 2;
    - softmax: a probability vector, unchanged by a shift of its argument, with
      Jacobian s_i (delta_ij - s_j), and with 0 <= v^T J v <= |v|^2 / 2;
    - the gradient s - y of the cross-entropy, for any target y that sums to one;
    - max z <= logsumexp z <= max z + ln K;
    - softsign has the derivative 1 / (1 + |x|)^2, at 0 too; the Clarke subdifferential
      of ReLU at 0 is [0, 1];
    - the limits of softmax at high and at low temperature;
    - the norm of a Jacobian through N layers is at most L^N times the product of the
      norms of their weights, where L bounds the slopes.

    Conditions are written in the theorems; where nothing is written there is
    none.  The only axioms are those of Coq's real numbers. *)

Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Dlnotes Require Import finite_sums.
Open Scope R_scope.

(** ** Rules of differentiation, in the form in which they are used below

    [is_derive f x d] says that f is differentiable at x with derivative d.
    Coquelicot states its rules for general normed modules; here they are for R. *)

Lemma derive_value (f : R -> R) x a b : is_derive f x a -> a = b -> is_derive f x b.
Proof. now intros D <-. Qed.

Lemma derive_const (c x : R) : is_derive (fun _ => c) x 0.
Proof. exact (is_derive_const c x). Qed.

Lemma derive_id (x : R) : is_derive (fun t => t) x 1.
Proof. exact (is_derive_id x). Qed.

Lemma derive_plus (f g : R -> R) x a b :
  is_derive f x a -> is_derive g x b -> is_derive (fun t => f t + g t) x (a + b).
Proof. exact (is_derive_plus f g x a b). Qed.

Lemma derive_minus (f g : R -> R) x a b :
  is_derive f x a -> is_derive g x b -> is_derive (fun t => f t - g t) x (a - b).
Proof. exact (is_derive_minus f g x a b). Qed.

Lemma derive_sum M (f : nat -> R -> R) x (d : nat -> R) :
  (forall k, (k < M)%nat -> is_derive (f k) x (d k)) ->
  is_derive (fun t => sum M (fun k => f k t)) x (sum M d).
Proof.
  induction M as [| n IH]; intro D; simpl; [ apply derive_const | ].
  apply derive_plus; [ apply IH; intros; apply D; lia | apply D; lia ].
Qed.

(** Two functions that agree within r of x have the same derivative there. *)
Lemma derive_near (f g : R -> R) x r d : 0 < r ->
  (forall t, x - r < t < x + r -> f t = g t) -> is_derive f x d -> is_derive g x d.
Proof.
  intros P E; apply is_derive_ext_loc; exists (mkposreal r P); intros t Ht; apply E.
  unfold ball in Ht; simpl in Ht; unfold AbsRing_ball, abs, minus, plus, opp in Ht; simpl in Ht.
  apply Rabs_lt_between in Ht; lra.
Qed.

(** ** The sigmoid *)

Definition sigmoid (x : R) : R := 1 / (1 + exp (- x)).

Lemma one_plus_exp_pos x : 0 < 1 + exp x.
Proof. pose proof (exp_pos x); lra. Qed.

Lemma sigmoid_range x : 0 < sigmoid x < 1.
Proof.
  unfold sigmoid; pose proof (exp_pos (- x)) as E; split.
  - apply Rdiv_lt_0_compat; lra.
  - apply Rmult_lt_reg_r with (1 + exp (- x)); [ lra | ].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Theorem sigmoid_symmetry x : sigmoid (- x) = 1 - sigmoid x.
Proof.
  unfold sigmoid; rewrite Ropp_involutive, exp_Ropp.
  pose proof (exp_pos x); field; lra.
Qed.

Theorem sigmoid_derivative x :
  is_derive sigmoid x (sigmoid x * (1 - sigmoid x)).
Proof.
  unfold sigmoid; pose proof (one_plus_exp_pos (- x)).
  auto_derive; [ lra | field; lra ].
Qed.

(** The form in which the course notes left the derivative. *)
Theorem sigmoid_derivative_exponential x :
  is_derive sigmoid x (exp (- x) / (1 + exp (- x)) ^ 2).
Proof.
  unfold sigmoid; pose proof (one_plus_exp_pos (- x)).
  auto_derive; [ lra | field; lra ].
Qed.

Theorem sigmoid_derivative_bound x :
  0 < sigmoid x * (1 - sigmoid x) <= 1 / 4.
Proof.
  pose proof (sigmoid_range x) as [P Q]; split; [ apply Rmult_lt_0_compat; lra | ].
  (* s (1 - s) = 1/4 - (s - 1/2)^2 *)
  pose proof (pow2_ge_0 (sigmoid x - 1 / 2)); lra.
Qed.

Lemma sigmoid_0 : sigmoid 0 = 1 / 2.
Proof. unfold sigmoid; rewrite Ropp_0, exp_0; field. Qed.

Theorem sigmoid_derivative_bound_attained x :
  sigmoid x * (1 - sigmoid x) = 1 / 4 <-> x = 0.
Proof.
  split; [ intro H | intros ->; rewrite sigmoid_0; field ].
  assert (half : sigmoid x = 1 / 2).
  { assert (sq : (sigmoid x - 1 / 2) * (sigmoid x - 1 / 2) = 0) by lra.
    apply Rmult_integral in sq; lra. }
  assert (E : exp (- x) = 1).
  { unfold sigmoid in half; pose proof (one_plus_exp_pos (- x)).
    assert (1 = 1 / 2 * (1 + exp (- x))); [ rewrite <- half; field; lra | lra ]. }
  rewrite <- exp_0 in E; apply exp_inv in E; lra.
Qed.

(** Both at once, for the derivative itself. *)
Theorem sigmoid_slope x :
  0 < Derive sigmoid x <= 1 / 4 /\ (Derive sigmoid x = 1 / 4 <-> x = 0).
Proof.
  rewrite (is_derive_unique _ _ _ (sigmoid_derivative x)); split;
    [ apply sigmoid_derivative_bound | apply sigmoid_derivative_bound_attained ].
Qed.

(** ** The hyperbolic tangent *)

Lemma cosh_pos x : 0 < cosh x.
Proof. unfold cosh; pose proof (exp_pos x); pose proof (exp_pos (- x)); lra. Qed.

Theorem tanh_derivative x : is_derive tanh x (1 - tanh x ^ 2).
Proof.
  unfold tanh, sinh, cosh; pose proof (exp_pos x); pose proof (exp_pos (- x)).
  auto_derive; [ lra | field; lra ].
Qed.

Theorem tanh_of_sigmoid x : tanh x = 2 * sigmoid (2 * x) - 1.
Proof.
  unfold tanh, sinh, cosh, sigmoid.
  replace (- (2 * x)) with (- x + - x) by ring; rewrite exp_plus.
  rewrite exp_Ropp; pose proof (exp_pos x).
  assert (0 < exp x * exp x) by (apply Rmult_lt_0_compat; lra).
  field; repeat split; nra.
Qed.

Lemma tanh_range x : -1 < tanh x < 1.
Proof. rewrite tanh_of_sigmoid; pose proof (sigmoid_range (2 * x)); lra. Qed.

Theorem tanh_derivative_bound x : 0 < 1 - tanh x ^ 2 <= 1.
Proof. pose proof (tanh_range x); split; nra. Qed.

Theorem tanh_derivative_bound_attained x : 1 - tanh x ^ 2 = 1 <-> x = 0.
Proof.
  rewrite tanh_of_sigmoid; pose proof (sigmoid_derivative_bound_attained (2 * x)) as [A B].
  split; [ intro H | intros -> ].
  - assert (2 * x = 0); [ apply A | ]; lra.
  - rewrite Rmult_0_r, sigmoid_0; lra.
Qed.

(** Both at once, for the derivative itself. *)
Theorem tanh_slope x : 0 < Derive tanh x <= 1 /\ (Derive tanh x = 1 <-> x = 0).
Proof.
  rewrite (is_derive_unique _ _ _ (tanh_derivative x)); split;
    [ apply tanh_derivative_bound | apply tanh_derivative_bound_attained ].
Qed.

(** ** Softplus and ReLU *)

Definition softplus (x : R) : R := ln (1 + exp x).
Definition relu (x : R) : R := Rmax 0 x.

Theorem softplus_derivative x : is_derive softplus x (sigmoid x).
Proof.
  unfold softplus, sigmoid; pose proof (exp_pos x); rewrite exp_Ropp.
  auto_derive; [ lra | field; lra ].
Qed.

Theorem softplus_bounds x : relu x < softplus x <= relu x + ln 2.
Proof.
  unfold softplus, relu; pose proof (exp_pos x) as P; split.
  - unfold Rmax; destruct (Rle_dec 0 x).
    + rewrite <- (ln_exp x) at 1; apply ln_increasing; lra.
    + rewrite <- ln_1; apply ln_increasing; lra.
  - (* 1 + e^x <= 2 e^max(0,x) *)
    rewrite <- (ln_exp (Rmax 0 x)), <- ln_mult, Rmult_comm; [ | apply exp_pos | lra ].
    apply ln_le; [ lra | ]; unfold Rmax; destruct (Rle_dec 0 x) as [L | G].
    + pose proof (exp_ineq1_le x); lra.
    + pose proof (exp_increasing x 0 ltac:(lra)) as E; rewrite exp_0 in *; lra.
Qed.

Theorem softplus_gap x :
  0 < softplus x - relu x <= ln 2 /\ (softplus x - relu x = ln 2 <-> x = 0).
Proof.
  pose proof (softplus_bounds x) as [L U]; split; [ lra | split ].
  - unfold softplus, relu, Rmax; destruct (Rle_dec 0 x) as [P | N]; intro E.
    + (* 1 + e^x = 2 e^x *)
      assert (S : ln (1 + exp x) = ln (2 * exp x)).
      { rewrite ln_mult, ln_exp by (try apply exp_pos; lra); lra. }
      apply ln_inv in S; try (pose proof (exp_pos x); lra).
      apply exp_inv; rewrite exp_0; lra.
    + assert (S : ln (1 + exp x) = ln 2) by lra.
      apply ln_inv in S; try (pose proof (exp_pos x); lra).
      apply exp_inv; rewrite exp_0; lra.
  - intros ->; unfold softplus, relu; rewrite exp_0, Rmax_left by lra.
    replace (1 + 1) with 2 by ring; ring.
Qed.

Theorem relu_derivative_positive x : 0 < x -> is_derive relu x 1.
Proof.
  intro P; apply (derive_near (fun t => t) relu x x); [ assumption | | apply derive_id ].
  intros t Ht; unfold relu; rewrite Rmax_right; lra.
Qed.

Theorem relu_derivative_negative x : x < 0 -> is_derive relu x 0.
Proof.
  intro P; apply (derive_near (fun _ => 0) relu x (- x)); [ lra | | apply derive_const ].
  intros t Ht; unfold relu; rewrite Rmax_left; lra.
Qed.

(** At the kink no number is the derivative: the difference quotients are 1 on the
    right and 0 on the left. *)
Theorem relu_no_derivative_at_0 : ~ exists d, is_derive relu 0 d.
Proof.
  intros [d D]; apply is_derive_Reals in D.
  destruct (D (1 / 2) ltac:(lra)) as [r Hr]; pose proof (cond_pos r) as Pr.
  assert (right : relu (0 + r / 2) = r / 2) by (unfold relu; rewrite Rmax_right; lra).
  assert (left : relu (0 + - (r / 2)) = 0) by (unfold relu; rewrite Rmax_left; lra).
  assert (zero : relu 0 = 0) by (unfold relu; rewrite Rmax_left; lra).
  pose proof (Hr (r / 2) ltac:(lra) ltac:(rewrite Rabs_pos_eq; lra)) as R1.
  pose proof (Hr (- (r / 2)) ltac:(lra) ltac:(rewrite Rabs_left; lra)) as R0.
  rewrite right, zero in R1; rewrite left, zero in R0.
  replace ((r / 2 - 0) / (r / 2)) with 1 in R1 by (field; lra).
  replace ((0 - 0) / - (r / 2)) with 0 in R0 by (field; lra).
  apply Rabs_lt_between in R1; apply Rabs_lt_between in R0; lra.
Qed.

(** ** SiLU *)

Definition silu (x : R) : R := x * sigmoid x.

Theorem silu_derivative x :
  is_derive silu x (sigmoid x * (1 + x * (1 - sigmoid x))).
Proof.
  unfold silu, sigmoid; pose proof (one_plus_exp_pos (- x)).
  auto_derive; [ lra | field; lra ].
Qed.

(** ** Softsign *)

Definition softsign (x : R) : R := x / (1 + Rabs x).

Lemma softsign_complement x : 1 - Rabs (softsign x) = / (1 + Rabs x).
Proof.
  unfold softsign; pose proof (Rabs_pos x).
  rewrite Rabs_div, (Rabs_pos_eq (1 + Rabs x)) by lra; field; lra.
Qed.

Lemma softsign_is_derive x : is_derive softsign x (1 / (1 + Rabs x) ^ 2).
Proof.
  destruct (Rtotal_order x 0) as [N | [-> | P]].
  - apply (derive_near (fun t => t / (1 - t)) softsign x (- x)); [ lra | | ].
    + intros t Ht; unfold softsign; rewrite Rabs_left; [ | lra ].
      replace (1 + - t) with (1 - t) by ring; reflexivity.
    + rewrite Rabs_left by lra; auto_derive; [ lra | field; lra ].
  - (* the difference quotient is 1 / (1 + |h|) *)
    apply is_derive_Reals; intros e He; exists (mkposreal e He); simpl; intros h Hh Bh.
    unfold softsign; rewrite Rabs_R0, Rplus_0_l; pose proof (Rabs_pos h).
    replace ((h / (1 + Rabs h) - 0 / (1 + 0)) / h - 1 / ((1 + 0) * ((1 + 0) * 1)))
      with (- (Rabs h / (1 + Rabs h))) by (field; lra).
    rewrite Rabs_Ropp, Rabs_pos_eq.
    + apply Rle_lt_trans with (Rabs h); [ | assumption ].
      apply Rmult_le_reg_r with (1 + Rabs h); [ lra | ].
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; nra.
    + apply Rmult_le_pos; [ lra | left; apply Rinv_0_lt_compat; lra ].
  - apply (derive_near (fun t => t / (1 + t)) softsign x x); [ lra | | ].
    + intros t Ht; unfold softsign; rewrite Rabs_pos_eq; [ reflexivity | lra ].
    + rewrite Rabs_pos_eq by lra; auto_derive; [ lra | field; lra ].
Qed.

(** At zero too, and in the form that needs the output only. *)
Theorem softsign_derivative x :
  is_derive softsign x (1 / (1 + Rabs x) ^ 2) /\
  1 / (1 + Rabs x) ^ 2 = (1 - Rabs (softsign x)) ^ 2.
Proof.
  split; [ apply softsign_is_derive | ].
  rewrite softsign_complement; pose proof (Rabs_pos x); field; lra.
Qed.

(** ** The Clarke subdifferential of ReLU

    [slope_limit f x l]: l is a limit of derivatives of f at points that tend to x.
    The Clarke subdifferential at x is the smallest closed interval that holds all
    of these, that is the intersection of all closed intervals that do. *)

Definition slope_limit (f : R -> R) (x l : R) : Prop :=
  exists xs ds : nat -> R,
    is_lim_seq xs x /\ (forall n, is_derive f (xs n) (ds n)) /\ is_lim_seq ds l.
Definition clarke (f : R -> R) (x p : R) : Prop :=
  forall a b, (forall l, slope_limit f x l -> a <= l <= b) -> a <= p <= b.

Definition relu_slope (x : R) : R := if Rlt_dec 0 x then 1 else 0.

Lemma relu_derivative x : x <> 0 -> is_derive relu x (relu_slope x).
Proof.
  intro ne; unfold relu_slope; destruct (Rlt_dec 0 x).
  - now apply relu_derivative_positive.
  - apply relu_derivative_negative; lra.
Qed.

Lemma relu_slope_at x d : is_derive relu x d -> x <> 0 /\ d = relu_slope x.
Proof.
  intro D; assert (ne : x <> 0).
  { intros ->; apply relu_no_derivative_at_0; now exists d. }
  split; [ assumption | ].
  rewrite <- (is_derive_unique _ _ _ D); apply is_derive_unique, relu_derivative, ne.
Qed.

Lemma relu_slope_limit_range x l : slope_limit relu x l -> 0 <= l <= 1.
Proof.
  intros (xs & ds & _ & D & L).
  assert (B : forall n, 0 <= ds n <= 1).
  { intro n; destruct (relu_slope_at _ _ (D n)) as [_ ->].
    unfold relu_slope; destruct (Rlt_dec 0 (xs n)); lra. }
  split.
  - apply (is_lim_seq_le (fun _ => 0) ds 0 l);
      [ apply B | apply is_lim_seq_const | assumption ].
  - apply (is_lim_seq_le ds (fun _ => 1) l 1);
      [ apply B | assumption | apply is_lim_seq_const ].
Qed.

Lemma inverse_tends_to_0 : is_lim_seq (fun n => / (INR n + 1)) 0.
Proof.
  apply (is_lim_seq_ext (fun n => / INR (S n))); [ intro n; now rewrite S_INR | ].
  apply (is_lim_seq_incr_1 (fun n => / INR n) 0).
  apply (is_lim_seq_inv INR p_infty is_lim_seq_INR); discriminate.
Qed.

Lemma relu_slope_limits_at_0 : slope_limit relu 0 0 /\ slope_limit relu 0 1.
Proof.
  assert (P : forall n, 0 < / (INR n + 1)).
  { intro n; apply Rinv_0_lt_compat; pose proof (pos_INR n); lra. }
  split.
  - exists (fun n => - / (INR n + 1)), (fun _ => 0).
    split; [ | split; [ | apply is_lim_seq_const ] ].
    + replace (Finite 0) with (Rbar_opp 0) by (simpl; now rewrite Ropp_0).
      apply (proj1 (is_lim_seq_opp _ 0)), inverse_tends_to_0.
    + intro n; apply relu_derivative_negative; specialize (P n); lra.
  - exists (fun n => / (INR n + 1)), (fun _ => 1).
    split; [ apply inverse_tends_to_0 | split; [ | apply is_lim_seq_const ] ].
    intro n; apply relu_derivative_positive, P.
Qed.

Lemma relu_slope_limit_elsewhere x l : x <> 0 -> slope_limit relu x l -> l = relu_slope x.
Proof.
  intros ne (xs & ds & X & D & L).
  assert (E : eventually (fun n => ds n = relu_slope x)).
  { assert (P : 0 < Rabs x) by now apply Rabs_pos_lt.
    destruct (proj2 (is_lim_seq_spec xs x) X (mkposreal _ P)) as [M HM]; exists M; intros n Hn.
    specialize (HM n Hn); simpl in HM; destruct (relu_slope_at _ _ (D n)) as [_ ->].
    unfold relu_slope; apply Rabs_lt_between in HM.
    destruct (Rlt_dec 0 (xs n)), (Rlt_dec 0 x); try reflexivity;
      revert HM; unfold Rabs; destruct (Rcase_abs x); lra. }
  apply is_lim_seq_unique in L.
  rewrite (Lim_seq_ext_loc ds (fun _ => relu_slope x) E), Lim_seq_const in L.
  now injection L.
Qed.

(** The slopes tend to 0 from the left and to 1 from the right; the subdifferential is
    the interval between, and the derivative alone away from the corner. *)
Theorem relu_clarke :
  filterlim (fun h => Derive relu h) (at_left 0) (locally 0) /\
  filterlim (fun h => Derive relu h) (at_right 0) (locally 1) /\
  (forall p, clarke relu 0 p <-> 0 <= p <= 1) /\
  (forall x p, x <> 0 -> (clarke relu x p <-> p = Derive relu x)).
Proof.
  assert (U : forall t, t <> 0 -> Derive relu t = relu_slope t)
    by (intros; apply is_derive_unique, relu_derivative; assumption).
  split; [ | split; [ | split ] ].
  - apply (filterlim_ext_loc (fun _ => 0)); [ | apply filterlim_const ].
    exists (mkposreal 1 Rlt_0_1); intros t _ Ht; rewrite U by lra.
    unfold relu_slope; destruct (Rlt_dec 0 t); lra.
  - apply (filterlim_ext_loc (fun _ => 1)); [ | apply filterlim_const ].
    exists (mkposreal 1 Rlt_0_1); intros t _ Ht; rewrite U by lra.
    unfold relu_slope; destruct (Rlt_dec 0 t); lra.
  - intro p; split.
    + intro C; apply C, relu_slope_limit_range.
    + intros B a b H; destruct relu_slope_limits_at_0 as [Z O].
      pose proof (H _ Z); pose proof (H _ O); lra.
  - intros x p ne; rewrite U by assumption; split.
    + intro C; assert (B : relu_slope x <= p <= relu_slope x); [ | lra ].
      apply C; intros l Hl; rewrite (relu_slope_limit_elsewhere x l) by assumption; lra.
    + intros -> a b B; apply B; exists (fun _ => x), (fun _ => relu_slope x).
      split; [ apply is_lim_seq_const | split; [ | apply is_lim_seq_const ] ].
      intros _; now apply relu_derivative.
Qed.

(** ** Limits of sums and quotients *)

Lemma lim_sum {T} (F : (T -> Prop) -> Prop) {FF : Filter F} M (f : nat -> T -> R) l :
  (forall k, (k < M)%nat -> filterlim (f k) F (locally (l k))) ->
  filterlim (fun t => sum M (fun k => f k t)) F (locally (sum M l)).
Proof.
  induction M as [| n IH]; intro L; simpl; [ apply filterlim_const | ].
  apply (filterlim_comp_2 (F := F) (G := locally (sum n l)) (H := locally (l n))
    (fun t => sum n (fun k => f k t)) (f n) Rplus).
  - apply IH; intros; apply L; lia.
  - apply L; lia.
  - apply (filterlim_plus (sum n l) (l n)).
Qed.

Lemma lim_quotient {T} (F : (T -> Prop) -> Prop) {FF : Filter F} (f g : T -> R) a b :
  b <> 0 -> filterlim f F (locally a) -> filterlim g F (locally b) ->
  filterlim (fun t => f t / g t) F (locally (a / b)).
Proof.
  intros ne A B.
  apply (filterlim_comp_2 (F := F) (G := locally a) (H := locally (/ b))
    f (fun t => / g t) Rmult); [ assumption | | apply (filterlim_mult a (/ b)) ].
  apply (filterlim_comp _ _ _ g Rinv F (locally b) (locally (/ b)) B).
  apply (continuous_Rinv b ne).
Qed.

(** ** Softmax over K classes *)

Section Softmax.
Variable K : nat.
Implicit Types z v y : nat -> R.

Definition partition z : R := sum K (fun k => exp (z k)).
Definition softmax z (i : nat) : R := exp (z i) / partition z.
Definition logsumexp z : R := ln (partition z).

(** [set z j t] is z with its j-th entry replaced by t; a partial derivative of F
    with respect to z_j is the derivative of t |-> F (set z j t) at t = z_j. *)
Definition set z (j : nat) (t : R) : nat -> R :=
  fun k => if Nat.eqb k j then t else z k.
Definition is_partial (F : (nat -> R) -> R) z (j : nat) (d : R) : Prop :=
  is_derive (fun t => F (set z j t)) (z j) d.

Lemma set_same z j k : set z j (z j) k = z k.
Proof. unfold set; destruct (Nat.eqb_spec k j); congruence. Qed.

Lemma partition_set_same z j : partition (set z j (z j)) = partition z.
Proof. apply sum_ext; intros; now rewrite set_same. Qed.

Hypothesis K_pos : (0 < K)%nat.

Lemma partition_pos z : 0 < partition z.
Proof.
  apply Rlt_le_trans with (exp (z 0%nat)); [ apply exp_pos | ].
  apply (sum_ge_one K (fun k => exp (z k)) 0); [ | assumption ].
  intros; left; apply exp_pos.
Qed.

Lemma softmax_pos z i : 0 < softmax z i.
Proof. apply Rdiv_lt_0_compat; [ apply exp_pos | apply partition_pos ]. Qed.

Theorem softmax_sums_to_one z : sum K (softmax z) = 1.
Proof.
  unfold softmax, Rdiv; pose proof (partition_pos z).
  rewrite (sum_ext K _ (fun i => / partition z * exp (z i))) by (intros; ring).
  rewrite sum_scal; fold (partition z); field; lra.
Qed.

Theorem softmax_shift z c i : softmax (fun k => z k + c) i = softmax z i.
Proof.
  unfold softmax; assert (E : partition (fun k => z k + c) = exp c * partition z).
  { unfold partition; rewrite <- sum_scal; apply sum_ext; intros; rewrite exp_plus; ring. }
  rewrite E, exp_plus; pose proof (partition_pos z); pose proof (exp_pos c); field; lra.
Qed.

Lemma exp_entry_derivative z j k :
  is_partial (fun w => exp (w k)) z j (kronecker k j * exp (z j)).
Proof.
  unfold is_partial, set, kronecker; destruct (Nat.eqb k j).
  - auto_derive; [ trivial | ring ].
  - rewrite Rmult_0_l; apply derive_const.
Qed.

Lemma partition_derivative z j : (j < K)%nat -> is_partial partition z j (exp (z j)).
Proof.
  intro Hj; eapply derive_value.
  - apply (derive_sum K (fun k t => exp (set z j t k))).
    intros k _; apply exp_entry_derivative.
  - apply (sum_kronecker K j (fun _ => exp (z j))); assumption.
Qed.

(** All of the Jacobian; the course notes had its diagonal i = j only. *)
Theorem softmax_jacobian z i j : (j < K)%nat ->
  is_partial (fun w => softmax w i) z j (softmax z i * (kronecker i j - softmax z j)).
Proof.
  intro Hj; pose proof (partition_pos z) as Z.
  pose proof (is_derive_div _ _ (z j) _ _
    (exp_entry_derivative z j i) (partition_derivative z j Hj)) as D.
  cbv beta in D; rewrite partition_set_same, set_same in D.
  eapply derive_value; [ apply D; lra | ].
  unfold softmax, kronecker; destruct (Nat.eqb_spec i j) as [-> | ne].
  - change (@eq R ((1 * exp (z j) * partition z - exp (z j) * exp (z j)) / partition z ^ 2)
      (exp (z j) / partition z * (1 - exp (z j) / partition z))); field; lra.
  - change (@eq R ((0 * exp (z j) * partition z - exp (z i) * exp (z j)) / partition z ^ 2)
      (exp (z i) / partition z * (0 - exp (z j) / partition z))); field; lra.
Qed.

Theorem logsumexp_gradient z j : (j < K)%nat -> is_partial logsumexp z j (softmax z j).
Proof.
  intro Hj; pose proof (partition_pos z) as Z.
  eapply derive_value.
  - apply (is_derive_comp ln (fun t => partition (set z j t))).
    + rewrite partition_set_same; apply is_derive_ln, Z.
    + apply partition_derivative, Hj.
  - reflexivity.
Qed.

(** Cross-entropy of a target y (one-hot or soft) against softmax z. *)
Definition cross_entropy y z : R := - sum K (fun k => y k * ln (softmax z k)).

Lemma cross_entropy_logits y z : sum K y = 1 ->
  cross_entropy y z = logsumexp z - sum K (fun k => y k * z k).
Proof.
  intro Y; unfold cross_entropy.
  rewrite (sum_ext K _ (fun k => y k * z k - logsumexp z * y k)).
  - rewrite sum_minus, sum_scal, Y; ring.
  - intros k _; unfold softmax, Rdiv.
    rewrite ln_mult, ln_Rinv, ln_exp;
      [ unfold logsumexp; ring | apply partition_pos | apply exp_pos | ].
    apply Rinv_0_lt_compat, partition_pos.
Qed.

Theorem cross_entropy_gradient y z j : sum K y = 1 -> (j < K)%nat ->
  is_partial (cross_entropy y) z j (softmax z j - y j).
Proof.
  intros Y Hj; unfold is_partial.
  apply is_derive_ext with
    (fun t => logsumexp (set z j t) - sum K (fun k => y k * set z j t k)).
  { intro t; symmetry; apply cross_entropy_logits, Y. }
  apply derive_minus; [ apply logsumexp_gradient, Hj | ].
  eapply derive_value.
  - apply (derive_sum K (fun k t => y k * set z j t k) (z j)
      (fun k => kronecker k j * y k)).
    intros k _; unfold set, kronecker; destruct (Nat.eqb k j).
    + auto_derive; [ trivial | ring ].
    + rewrite Rmult_0_l; apply derive_const.
  - apply sum_kronecker, Hj.
Qed.

(** One-hot target: the loss is logsumexp z - z_c and its gradient s - e_c. *)
Corollary cross_entropy_gradient_one_hot z c j : (c < K)%nat -> (j < K)%nat ->
  is_partial (fun w => - ln (softmax w c)) z j (softmax z j - kronecker j c).
Proof.
  intros Hc Hj; unfold is_partial.
  apply is_derive_ext with (fun t => cross_entropy (fun k => kronecker k c) (set z j t)).
  { intro t; unfold cross_entropy; now rewrite sum_kronecker. }
  apply (cross_entropy_gradient (fun k => kronecker k c)); [ | assumption ].
  rewrite <- (sum_kronecker K c (fun _ => 1) Hc); apply sum_ext; intros; ring.
Qed.

(** max z <= logsumexp z <= max z + ln K *)
Theorem logsumexp_bounds z m :
  (forall k, (k < K)%nat -> z k <= m) -> (exists i, (i < K)%nat /\ z i = m) ->
  m <= logsumexp z <= m + ln (INR K).
Proof.
  intros Le (i & Hi & <-); unfold logsumexp; split.
  - rewrite <- (ln_exp (z i)) at 1; apply ln_le; [ apply exp_pos | ].
    apply (sum_ge_one K (fun k => exp (z k))); [ intros; left; apply exp_pos | assumption ].
  - rewrite <- (ln_exp (z i)) at 1; rewrite Rplus_comm, <- ln_mult;
      [ | apply lt_0_INR; lia | apply exp_pos ].
    apply ln_le; [ apply partition_pos | ].
    rewrite <- sum_const; apply sum_le; intros k Hk.
    destruct (Le k Hk) as [L | ->]; [ left; now apply exp_increasing | lra ].
Qed.

(** exp(max z) <= S(z) <= K exp(max z) *)
Theorem partition_bounds z m :
  (forall k, (k < K)%nat -> z k <= m) -> (exists i, (i < K)%nat /\ z i = m) ->
  exp m <= partition z <= INR K * exp m.
Proof.
  intros Le (i & Hi & <-); split.
  - apply (sum_ge_one K (fun k => exp (z k))); [ intros; left; apply exp_pos | assumption ].
  - rewrite <- sum_const; apply sum_le; intros k Hk.
    destruct (Le k Hk) as [L | ->]; [ left; now apply exp_increasing | lra ].
Qed.

(** ** Temperature *)

Definition is_max (m t : R) : R := if Req_EM_T t m then 1 else 0.

(** The softmax of z / tau after a shift by m / tau: no exponent is positive if m = max z. *)
Lemma softmax_scaled z m tau i :
  softmax (fun k => z k / tau) i = softmax (fun k => (z k - m) / tau) i.
Proof.
  rewrite <- (softmax_shift (fun k => z k / tau) (- m / tau) i).
  unfold softmax, partition, Rdiv.
  replace ((z i - m) * / tau) with (z i * / tau + - m * / tau) by ring.
  f_equal; f_equal; apply sum_ext; intros; f_equal; ring.
Qed.

Theorem softmax_hot z i :
  filterlim (fun tau => softmax (fun k => z k / tau) i) (Rbar_locally p_infty)
    (locally (1 / INR K)).
Proof.
  assert (E : forall k,
    filterlim (fun tau => exp (z k / tau)) (Rbar_locally p_infty) (locally 1)).
  { intro k; rewrite <- exp_0.
    apply (filterlim_comp _ _ _ (fun tau => z k / tau) exp _ (locally 0));
      [ | apply continuous_exp ].
    assert (L : is_lim (fun t => z k * / t) p_infty (Rbar_mult (z k) (Rbar_inv p_infty)))
      by (apply is_lim_scal_l, is_lim_inv; [ apply is_lim_id | discriminate ]).
    simpl in L; rewrite Rmult_0_r in L; exact L. }
  unfold softmax; pose proof (@filter_filter _ _ (Rbar_locally_filter p_infty)) as FF.
  apply (lim_quotient (Rbar_locally p_infty) (FF := FF)).
  - apply not_0_INR; lia.
  - apply E.
  - replace (INR K) with (sum K (fun _ => 1)) by (rewrite sum_const; ring).
    apply (lim_sum (Rbar_locally p_infty) (FF := FF)); intros; apply E.
Qed.

Theorem softmax_cold z m i : (i < K)%nat ->
  (forall k, (k < K)%nat -> z k <= m) -> (exists k, (k < K)%nat /\ z k = m) ->
  filterlim (fun tau => softmax (fun k => z k / tau) i) (at_right 0)
    (locally (is_max m (z i) / sum K (fun k => is_max m (z k)))).
Proof.
  intros Hi Le (c & Hc & Ec).
  apply (filterlim_ext (fun tau => softmax (fun k => (z k - m) / tau) i)).
  { intro tau; symmetry; apply softmax_scaled. }
  assert (E : forall k, (k < K)%nat ->
    filterlim (fun tau => exp ((z k - m) / tau)) (at_right 0) (locally (is_max m (z k)))).
  { intros k Hk; unfold is_max; destruct (Req_EM_T (z k) m) as [-> | ne].
    - apply (filterlim_ext (fun _ => 1)); [ | apply filterlim_const ].
      intro t; unfold Rdiv; rewrite Rminus_diag_eq by reflexivity.
      now rewrite Rmult_0_l, exp_0.
    - assert (N : z k - m < 0) by (specialize (Le k Hk); lra).
      apply (filterlim_comp _ _ _ (fun tau => (z k - m) / tau) exp _ (Rbar_locally m_infty));
        [ | apply is_lim_exp_m ].
      apply (filterlim_comp _ _ _ Rinv (Rmult (z k - m)) _ (Rbar_locally p_infty));
        [ apply filterlim_Rinv_0_right | ].
      replace m_infty with (Rbar_mult (z k - m) p_infty).
      + apply (filterlim_Rbar_mult_l (z k - m) p_infty).
      + rewrite Rbar_mult_comm; apply is_Rbar_mult_unique, is_Rbar_mult_p_infty_neg, N. }
  unfold softmax; assert (FF : Filter (at_right 0)) by typeclasses eauto.
  apply (lim_quotient (at_right 0) (FF := FF));
    [ | now apply E | now apply (lim_sum (at_right 0) (FF := FF)) ].
  pose proof (sum_ge_one K (fun k => is_max m (z k)) c) as G.
  assert (1 <= sum K (fun k => is_max m (z k))); [ | lra ].
  replace 1 with (is_max m (z c)) by (unfold is_max; destruct (Req_EM_T (z c) m); lra).
  apply G; [ | assumption ].
  intros k _; unfold is_max; destruct (Req_EM_T (z k) m); lra.
Qed.

(** ** The Jacobian as a quadratic form

    With s = softmax z, v^T J v = sum_i s_i v_i^2 - (sum_i s_i v_i)^2 is the
    variance of the numbers v_i under the weights s_i.  A variance is least among
    the mean squares around a centre c; around the middle of the smallest and the
    largest v_i no square exceeds ((max - min)/2)^2 <= (max^2 + min^2)/2. *)

Definition jacobian z i j : R := softmax z i * (kronecker i j - softmax z j).
Definition quadratic_form z v : R :=
  sum K (fun i => v i * sum K (fun j => jacobian z i j * v j)).
Definition mean z v : R := sum K (fun i => softmax z i * v i).

Lemma kronecker_sym i j : kronecker i j = kronecker j i.
Proof. unfold kronecker; now rewrite Nat.eqb_sym. Qed.

Lemma quadratic_form_variance z v :
  quadratic_form z v = sum K (fun i => softmax z i * v i ^ 2) - mean z v ^ 2.
Proof.
  unfold quadratic_form.
  rewrite (sum_ext K _ (fun i => softmax z i * v i ^ 2 - mean z v * (softmax z i * v i))).
  - rewrite sum_minus, sum_scal; fold (mean z v); ring.
  - intros i Hi; rewrite (sum_ext K _ (fun j =>
      softmax z i * (kronecker j i * v j) - softmax z i * (softmax z j * v j))).
    + rewrite sum_minus, !sum_scal, sum_kronecker by assumption; fold (mean z v); ring.
    + intros j _; unfold jacobian; rewrite kronecker_sym; ring.
Qed.

Theorem mean_square_around z v c :
  sum K (fun i => softmax z i * (v i - c) ^ 2) = quadratic_form z v + (mean z v - c) ^ 2.
Proof.
  rewrite quadratic_form_variance.
  rewrite (sum_ext K _ (fun i => softmax z i * v i ^ 2 +
    (-2 * c * (softmax z i * v i) + c ^ 2 * softmax z i))) by (intros; ring).
  rewrite !sum_plus, !sum_scal, softmax_sums_to_one; fold (mean z v); ring.
Qed.

Theorem jacobian_positive_semidefinite z v : 0 <= quadratic_form z v.
Proof.
  replace (quadratic_form z v) with (sum K (fun i => softmax z i * (v i - mean z v) ^ 2)).
  - apply sum_nonneg; intros; apply Rmult_le_pos; [ left; apply softmax_pos | apply pow2_ge_0 ].
  - rewrite mean_square_around; ring.
Qed.

Lemma variance_le_centred z v c r :
  (forall i, (i < K)%nat -> (v i - c) ^ 2 <= r) -> quadratic_form z v <= r.
Proof.
  intro B; apply Rle_trans with (sum K (fun i => softmax z i * (v i - c) ^ 2)).
  - rewrite mean_square_around; pose proof (pow2_ge_0 (mean z v - c)); lra.
  - replace r with (sum K (fun i => r * softmax z i))
      by (rewrite sum_scal, softmax_sums_to_one; ring).
    apply sum_le; intros i Hi; rewrite (Rmult_comm r).
    apply Rmult_le_compat_l; [ left; apply softmax_pos | apply B, Hi ].
Qed.

Theorem jacobian_half_bound z v : quadratic_form z v <= sum K (fun i => v i ^ 2) / 2.
Proof.
  destruct (argmax K v K_pos) as (i & Hi & Mi).
  destruct (argmax K (fun k => - v k) K_pos) as (j & Hj & Mj).
  assert (P : forall k, (k < K)%nat -> 0 <= v k ^ 2) by (intros; apply pow2_ge_0).
  apply Rle_trans with (((v i - v j) / 2) ^ 2).
  - apply (variance_le_centred z v ((v i + v j) / 2)); intros k Hk.
    specialize (Mi k Hk); specialize (Mj k Hk); simpl in Mj; nra.
  - destruct (Nat.eq_dec i j) as [<- | ne].
    + replace (((v i - v i) / 2) ^ 2) with 0 by field.
      pose proof (sum_nonneg K _ P); lra.
    + pose proof (sum_ge_two K _ i j P Hi Hj ne) as T; simpl in T; simpl.
      pose proof (pow2_ge_0 (v i + v j)); nra.
Qed.

Theorem jacobian_bounds z v :
  0 <= quadratic_form z v <= 1 / 2 * sum K (fun i => v i ^ 2).
Proof.
  split; [ apply jacobian_positive_semidefinite | ].
  pose proof (jacobian_half_bound z v); lra.
Qed.

End Softmax.

(** ** Slopes multiply

    A matrix with m rows and n columns acts on vectors of length n; [stretches m n A c]
    says that it makes none of them longer than c times what it was, and [spectral_norm]
    that c is the smallest such number. *)

Definition euclidean (n : nat) (x : nat -> R) : R := sqrt (sum n (fun k => x k ^ 2)).
Definition act (n : nat) (A : nat -> nat -> R) (x : nat -> R) (i : nat) : R :=
  sum n (fun k => A i k * x k).
Definition mul (n : nat) (A B : nat -> nat -> R) (i k : nat) : R :=
  sum n (fun j => A i j * B j k).
Definition diagonal (d : nat -> R) (i k : nat) : R := d i * kronecker i k.

Definition stretches (m n : nat) (A : nat -> nat -> R) (c : R) : Prop :=
  0 <= c /\ forall x, euclidean m (act n A x) <= c * euclidean n x.
Definition spectral_norm (m n : nat) (A : nat -> nat -> R) (c : R) : Prop :=
  stretches m n A c /\ forall d, stretches m n A d -> c <= d.

Lemma euclidean_ext n x y :
  (forall k, (k < n)%nat -> x k = y k) -> euclidean n x = euclidean n y.
Proof. intro E; unfold euclidean; f_equal; apply sum_ext; intros k Hk; now rewrite E. Qed.

(** Every matrix has a spectral norm, so that what is said of it is not said of nothing. *)
Lemma entry_le_euclidean n x k : (k < n)%nat -> Rabs (x k) <= euclidean n x.
Proof.
  intro Hk; rewrite <- sqrt_Rsqr_abs; apply sqrt_le_1_alt; rewrite Rsqr_pow2.
  apply (sum_ge_one n (fun k => x k ^ 2)); [ intros; apply pow2_ge_0 | assumption ].
Qed.

Lemma act_le n A x i : Rabs (act n A x i) <= sum n (fun k => Rabs (A i k)) * euclidean n x.
Proof.
  apply Rle_trans with (sum n (fun k => Rabs (A i k * x k))).
  - unfold act; induction n as [| n IH]; simpl; [ rewrite Rabs_R0; lra | ].
    eapply Rle_trans; [ apply Rabs_triang | ]; lra.
  - rewrite Rmult_comm, <- sum_scal; apply sum_le; intros k Hk.
    rewrite Rabs_mult, (Rmult_comm (euclidean n x)).
    apply Rmult_le_compat_l; [ apply Rabs_pos | now apply entry_le_euclidean ].
Qed.

Lemma stretches_some m n A : exists c, stretches m n A c.
Proof.
  set (r := fun i => sum n (fun k => Rabs (A i k))).
  exists (euclidean m r); split; [ apply sqrt_pos | ]; intro x.
  rewrite <- (sqrt_Rsqr (euclidean n x)) by apply sqrt_pos.
  unfold euclidean at 1 2; rewrite <- sqrt_mult_alt; [ apply sqrt_le_1_alt | ].
  - rewrite Rmult_comm, <- sum_scal; apply sum_le; intros i _.
    replace (Rsqr (euclidean n x) * r i ^ 2) with (Rsqr (r i * euclidean n x))
      by (rewrite !Rsqr_pow2; ring).
    rewrite <- Rsqr_pow2; apply Rsqr_le_abs_1.
    eapply Rle_trans; [ apply act_le | apply Rle_abs ].
  - apply sum_nonneg; intros; apply pow2_ge_0.
Qed.

Theorem spectral_norm_exists m n A : exists c, spectral_norm m n A c.
Proof.
  destruct (stretches_some m n A) as [c0 S0].
  destruct (completeness (fun t => stretches m n A (- t))) as [l [Upper Least]].
  - exists 0; intros t [P _]; lra.
  - exists (- c0); now rewrite Ropp_involutive.
  - exists (- l); split; [ split | ].
    + enough (l <= 0) by lra; apply Least; intros t [P _]; lra.
    + intro x; assert (P : 0 <= euclidean n x) by apply sqrt_pos.
      destruct (Req_dec (euclidean n x) 0) as [Z | ne].
      * destruct S0 as [_ S0]; specialize (S0 x); rewrite Z, Rmult_0_r in *; assumption.
      * apply Rmult_le_reg_r with (/ euclidean n x); [ apply Rinv_0_lt_compat; lra | ].
        rewrite Rmult_assoc, Rinv_r, Rmult_1_r by assumption.
        enough (l <= - (euclidean m (act n A x) * / euclidean n x)) by lra.
        apply Least; intros t [_ St]; specialize (St x).
        enough (euclidean m (act n A x) * / euclidean n x <= - t) by lra.
        apply Rmult_le_reg_r with (euclidean n x); [ lra | ].
        rewrite Rmult_assoc, Rinv_l, Rmult_1_r by assumption; assumption.
    + intros d Sd; enough (- d <= l) by lra; apply Upper; now rewrite Ropp_involutive.
Qed.

(** A product stretches by at most the product of the factors. *)
Lemma stretches_product m n p A B c d :
  stretches m n A c -> stretches n p B d -> stretches m p (mul n A B) (c * d).
Proof.
  intros [C SA] [D SB]; split; [ now apply Rmult_le_pos | ]; intro x.
  rewrite (euclidean_ext m _ (act n A (act p B x))).
  - apply Rle_trans with (c * euclidean n (act p B x)); [ apply SA | ].
    rewrite Rmult_assoc; apply Rmult_le_compat_l; [ assumption | apply SB ].
  - intros i _; unfold act, mul.
    rewrite (sum_ext p _ (fun k => sum n (fun j => A i j * B j k * x k))).
    + rewrite sum_exchange; apply sum_ext; intros j _; rewrite <- sum_scal.
      apply sum_ext; intros; ring.
    + intros k _; rewrite Rmult_comm, <- sum_scal; apply sum_ext; intros; ring.
Qed.

Lemma diagonal_acts n d x i : (i < n)%nat -> act n (diagonal d) x i = d i * x i.
Proof.
  intro Hi; unfold act, diagonal.
  rewrite (sum_ext n _ (fun k => kronecker k i * (d i * x k))).
  - now rewrite sum_kronecker.
  - intros k _; unfold kronecker; rewrite Nat.eqb_sym; ring.
Qed.

(** A diagonal matrix stretches by at most its largest entry in magnitude. *)
Lemma stretches_diagonal n (d : nat -> R) L :
  0 <= L -> (forall i, (i < n)%nat -> Rabs (d i) <= L) -> stretches n n (diagonal d) L.
Proof.
  intros P B; split; [ assumption | ]; intro x.
  rewrite (euclidean_ext n _ (fun i => d i * x i)) by (intros; now apply diagonal_acts).
  rewrite <- (sqrt_Rsqr L) by assumption; unfold euclidean.
  rewrite <- sqrt_mult_alt by apply Rle_0_sqr; apply sqrt_le_1_alt.
  rewrite <- sum_scal; apply sum_le; intros i Hi.
  replace ((d i * x i) ^ 2) with (d i ^ 2 * x i ^ 2) by ring.
  apply Rmult_le_compat_r; [ apply pow2_ge_0 | ].
  rewrite <- Rsqr_pow2; apply Rsqr_le_abs_1; rewrite (Rabs_pos_eq L) by assumption.
  now apply B.
Qed.

Lemma stretches_identity n : stretches n n kronecker 1.
Proof.
  split; [ lra | ]; intro x; rewrite Rmult_1_l; right; apply euclidean_ext; intros k Hk.
  unfold act; rewrite (sum_ext n _ (fun j => kronecker j k * x j)).
  - now apply sum_kronecker.
  - intros j _; unfold kronecker; now rewrite Nat.eqb_sym.
Qed.

(** One layer with weights W and slopes d, behind the Jacobian A of those before it. *)
Theorem layer_stretches m n p (d : nat -> R) W A L e w a c :
  (forall i, (i < m)%nat -> Rabs (d i) <= L) -> 0 <= L ->
  spectral_norm m m (diagonal d) e -> spectral_norm m n W w -> spectral_norm n p A a ->
  spectral_norm m p (mul m (diagonal d) (mul n W A)) c ->
  c <= e * w * a /\ e * w * a <= L * w * a.
Proof.
  intros B P [SD LD] [SW _] [SA _] [_ Least]; split.
  - apply Least; rewrite Rmult_assoc.
    apply stretches_product; [ assumption | now apply stretches_product ].
  - pose proof (LD L (stretches_diagonal m d L P B)).
    apply Rmult_le_compat_r; [ apply SA | ]; apply Rmult_le_compat_r; [ apply SW | assumption ].
Qed.

(** ** A network of N layers

    Layer l + 1 has the weights W l, from [width l] to [width (S l)] units, and applies f
    to each entry; [arrives] is what arrives in it.  [through] multiplies the slopes and the
    weights of the first l layers, and is the Jacobian of their output by the input. *)

Fixpoint through (width : nat -> nat) (W : nat -> nat -> nat -> R) (d : nat -> nat -> R)
  (l : nat) : nat -> nat -> R :=
  match l with
  | O => kronecker
  | S l => mul (width (S l)) (diagonal (d l)) (mul (width l) (W l) (through width W d l))
  end.

Fixpoint output (width : nat -> nat) (W : nat -> nat -> nat -> R) (f : R -> R)
  (l : nat) (x : nat -> R) : nat -> R :=
  match l with
  | O => x
  | S l => fun i => f (act (width l) (W l) (output width W f l x) i)
  end.
Definition arrives width W f x (l i : nat) : R :=
  act (width l) (W l) (output width W f l x) i.

Lemma output_ext width W f l x y :
  (forall k, x k = y k) -> forall i, output width W f l x i = output width W f l y i.
Proof.
  intro E; induction l as [| l IH]; intro i; simpl; [ apply E | ].
  f_equal; apply sum_ext; intros; now rewrite IH.
Qed.

Lemma diagonal_times n d M i k : (i < n)%nat -> mul n (diagonal d) M i k = d i * M i k.
Proof. exact (diagonal_acts n d (fun j => M j k) i). Qed.

Theorem network_jacobian width W f x l i k :
  (forall t, ex_derive f t) -> (i < width l)%nat ->
  is_partial (fun w => output width W f l w i) x k
    (through width W (fun l i => Derive f (arrives width W f x l i)) l i k).
Proof.
  intro F; revert i; induction l as [| l IH]; intros i Hi; unfold is_partial.
  - simpl; unfold set, kronecker.
    destruct (Nat.eqb i k); [ apply derive_id | apply derive_const ].
  - cbn [through]; rewrite diagonal_times by assumption; cbn [output].
    eapply derive_value.
    + apply (is_derive_comp f
        (fun t => act (width l) (W l) (output width W f l (set x k t)) i)).
      * apply Derive_correct, F.
      * apply (derive_sum (width l)
          (fun j t => W l i j * output width W f l (set x k t) j) (x k)
          (fun j => W l i j *
            through width W (fun l i => Derive f (arrives width W f x l i)) l j k)).
        intros j Hj; apply (is_derive_scal (fun t => output width W f l (set x k t) j)).
        now apply IH.
    + change (scal ?a ?b) with (a * b); rewrite Rmult_comm; f_equal.
      unfold arrives; f_equal; apply sum_ext; intros j _; f_equal.
      apply output_ext; intro; apply set_same.
Qed.

Fixpoint product (N : nat) (w : nat -> R) : R :=
  match N with O => 1 | S n => product n w * w n end.

Theorem slopes_multiply width W d L w N a :
  0 <= L ->
  (forall l i, (l < N)%nat -> (i < width (S l))%nat -> Rabs (d l i) <= L) ->
  (forall l, (l < N)%nat -> spectral_norm (width (S l)) (width l) (W l) (w l)) ->
  spectral_norm (width N) (width 0%nat) (through width W d N) a ->
  a <= L ^ N * product N w.
Proof.
  intros P B S [_ Least]; apply Least; clear Least a.
  induction N as [| n IH]; simpl.
  - rewrite Rmult_1_r; apply stretches_identity.
  - replace (L * L ^ n * (product n w * w n)) with (L * (w n * (L ^ n * product n w))) by ring.
    apply stretches_product; [ apply stretches_diagonal; [ assumption | ] | ].
    + intros; apply B; lia.
    + apply stretches_product; [ apply S; lia | ].
      apply IH; [ intros; apply B; lia | intros; apply S; lia ].
Qed.

(** The axioms of all at once: to print them one by one takes twenty times as long. *)
Definition theorems := (
  @sigmoid_symmetry,
  @sigmoid_derivative,
  @sigmoid_derivative_exponential,
  @sigmoid_derivative_bound,
  @sigmoid_derivative_bound_attained,
  @sigmoid_slope,
  @softplus_gap,
  @jacobian_bounds,
  @tanh_derivative,
  @tanh_of_sigmoid,
  @tanh_derivative_bound,
  @tanh_derivative_bound_attained,
  @tanh_slope,
  @softplus_derivative,
  @softplus_bounds,
  @relu_derivative_positive,
  @relu_derivative_negative,
  @relu_no_derivative_at_0,
  @silu_derivative,
  @softmax_sums_to_one,
  @softmax_shift,
  @softmax_jacobian,
  @logsumexp_gradient,
  @cross_entropy_gradient,
  @cross_entropy_gradient_one_hot,
  @logsumexp_bounds,
  @jacobian_positive_semidefinite,
  @mean_square_around,
  @jacobian_half_bound,
  @softsign_derivative,
  @relu_clarke,
  @partition_bounds,
  @softmax_hot,
  @softmax_cold,
  @spectral_norm_exists,
  @network_jacobian,
  @layer_stretches,
  @slopes_multiply).

Print Assumptions theorems.
