(** * Ambiguous images

    Scores over the probabilities that several networks give to K classes.  What is
    proved here, for every number K of classes and M of networks:

    - KL(p || q) >= 0 (Gibbs' inequality), and 0 <= H(p) <= ln K;
    - the mutual information H(sum_m w_m p_m) - sum_m w_m H(p_m) (the score known as
      BALD; with equal weights the generalised Jensen-Shannon divergence) is a mean of
      divergences from the mixture, hence not negative;
    - it is at most the entropy of the weights, hence at most ln M for M equally
      weighted networks, and at most ln 2 for two.

    Probabilities may be zero: Coq's [ln 0] is 0, so p ln p = 0 at p = 0, which is the
    usual convention.  Where a divergence needs q_k > 0 whenever p_k > 0, it says so.
    The only axioms are those of Coq's real numbers. *)

Require Import Reals Lra Lia.
From Dlnotes Require Import finite_sums.
Open Scope R_scope.

(** Probability vectors over K classes. *)
Definition distribution (K : nat) (p : nat -> R) : Prop :=
  (forall k, (k < K)%nat -> 0 <= p k) /\ sum K p = 1.

(** q is positive wherever p is. *)
Definition dominated (K : nat) (p q : nat -> R) : Prop :=
  forall k, (k < K)%nat -> 0 < p k -> 0 < q k.

Definition entropy (K : nat) (p : nat -> R) : R := - sum K (fun k => p k * ln (p k)).
Definition divergence (K : nat) (p q : nat -> R) : R :=
  sum K (fun k => p k * ln (p k / q k)).

(** ** Gibbs' inequality *)

(** The one fact on the logarithm from which the rest follows. *)
Lemma ln_le_minus_one x : 0 < x -> ln x <= x - 1.
Proof.
  intro P; pose proof (exp_ineq1_le (ln x)) as E; rewrite exp_ln in E by assumption; lra.
Qed.

Lemma ln_le x y : 0 < x -> x <= y -> ln x <= ln y.
Proof. intros P [L | ->]; [ left; now apply ln_increasing | lra ]. Qed.

Lemma ln_quotient p q : 0 < p -> 0 < q -> ln (p / q) = ln p - ln q.
Proof.
  intros P Q; unfold Rdiv; rewrite ln_mult, ln_Rinv; try lra.
  now apply Rinv_0_lt_compat.
Qed.

Lemma gibbs_term p q : 0 <= p -> 0 <= q -> (0 < p -> 0 < q) -> p - q <= p * ln (p / q).
Proof.
  intros P Q D; destruct P as [P | <-]; [ specialize (D P) | lra ].
  pose proof (ln_le_minus_one (q / p) (Rdiv_lt_0_compat _ _ D P)) as L.
  rewrite ln_quotient in * by assumption.
  apply (Rmult_le_compat_l p) in L; [ | lra ].
  replace (p * (q / p - 1)) with (q - p) in L by (field; lra); lra.
Qed.

Theorem divergence_nonnegative K p q :
  distribution K p -> distribution K q -> dominated K p q -> 0 <= divergence K p q.
Proof.
  intros (P & Sp) (Q & Sq) D.
  replace 0 with (sum K (fun k => p k - q k)) by (rewrite sum_minus, Sp, Sq; ring).
  apply sum_le; intros k Hk; apply gibbs_term; auto.
Qed.

(** ** Entropy *)

Lemma distribution_le_one K p k : distribution K p -> (k < K)%nat -> p k <= 1.
Proof. intros (P & <-) Hk; now apply sum_ge_one. Qed.

Theorem entropy_nonnegative K p : distribution K p -> 0 <= entropy K p.
Proof.
  intro Dp; unfold entropy; rewrite <- Ropp_0; apply Ropp_le_contravar.
  rewrite <- (sum_zero K); apply sum_le; intros k Hk.
  pose proof (distribution_le_one K p k Dp Hk) as L1; destruct Dp as (P & _).
  destruct (P k Hk) as [Pk | <-]; [ | lra ].
  assert (ln (p k) <= 0) by (rewrite <- ln_1; apply ln_le; lra); nra.
Qed.

Theorem entropy_le_log_classes K p : (0 < K)%nat -> distribution K p -> entropy K p <= ln (INR K).
Proof.
  intros HK Dp; pose proof (lt_0_INR K HK) as N; set (q := fun _ : nat => / INR K).
  assert (Dq : distribution K q).
  { split; [ intros; left; now apply Rinv_0_lt_compat | ].
    unfold q; rewrite sum_const; field; lra. }
  assert (E : divergence K p q = ln (INR K) - entropy K p).
  { unfold divergence, entropy, Rminus; rewrite Ropp_involutive, <- (Rmult_1_r (ln (INR K))).
    destruct Dp as (P & <-); rewrite <- sum_scal, <- sum_plus; apply sum_ext; intros k Hk.
    destruct (P k Hk) as [Pk | <-]; [ | lra ].
    unfold q; rewrite ln_quotient, ln_Rinv by (try apply Rinv_0_lt_compat; assumption); ring. }
  assert (0 <= divergence K p q); [ | lra ].
  apply divergence_nonnegative; auto; intros k _ _; now apply Rinv_0_lt_compat.
Qed.

Theorem entropy_bounds K p : (0 < K)%nat -> distribution K p ->
  0 <= entropy K p <= ln (INR K).
Proof. split; [ now apply entropy_nonnegative | now apply entropy_le_log_classes ]. Qed.

(** ** Disagreement of M networks *)

Section Networks.
Variables (K M : nat) (w : nat -> R) (p : nat -> nat -> R).
Hypothesis weights : distribution M w.
Hypothesis weights_pos : forall m, (m < M)%nat -> 0 < w m.
Hypothesis predictions : forall m, (m < M)%nat -> distribution K (p m).

(** The prediction of the ensemble. *)
Definition mixture (k : nat) : R := sum M (fun m => w m * p m k).

Definition mutual_information : R :=
  entropy K mixture - sum M (fun m => w m * entropy K (p m)).

Lemma mixture_distribution : distribution K mixture.
Proof.
  destruct weights as (W & Sw); unfold mixture; split.
  - intros k Hk; apply sum_nonneg; intros m Hm.
    destruct (predictions m Hm) as (P & _); apply Rmult_le_pos; auto.
  - rewrite sum_exchange, <- Sw; apply sum_ext; intros m Hm.
    destruct (predictions m Hm) as (_ & Sp); rewrite sum_scal, Sp; ring.
Qed.

Lemma mixture_ge m k : (m < M)%nat -> (k < K)%nat -> w m * p m k <= mixture k.
Proof.
  intros Hm Hk; apply (sum_ge_one M (fun m => w m * p m k)); [ | assumption ].
  intros m' Hm'; destruct weights as (W & _), (predictions m' Hm') as (P & _).
  apply Rmult_le_pos; auto.
Qed.

Lemma mixture_dominates m : (m < M)%nat -> dominated K (p m) mixture.
Proof.
  intros Hm k Hk P; apply Rlt_le_trans with (w m * p m k);
    [ apply Rmult_lt_0_compat; auto | now apply mixture_ge ].
Qed.

(** Averages under the mixture are averages over the networks. *)
Lemma mixture_linear g :
  sum K (fun k => mixture k * g k) = sum M (fun m => w m * sum K (fun k => p m k * g k)).
Proof.
  rewrite (sum_ext M _ (fun m => sum K (fun k => w m * p m k * g k))).
  - rewrite <- sum_exchange; apply sum_ext; intros k _.
    rewrite Rmult_comm; unfold mixture; rewrite <- sum_scal.
    apply sum_ext; intros; ring.
  - intros m _; rewrite <- sum_scal; apply sum_ext; intros; ring.
Qed.

(** The difference of entropies is the mean divergence from the mixture. *)
Theorem mutual_information_divergences :
  mutual_information = sum M (fun m => w m * divergence K (p m) mixture).
Proof.
  unfold mutual_information, entropy.
  replace (sum M (fun m => w m * - sum K (fun k => p m k * ln (p m k))))
    with (- sum M (fun m => w m * sum K (fun k => p m k * ln (p m k)))).
  2: { rewrite <- (Rmult_1_l (sum M _)), Ropp_mult_distr_l, <- sum_scal.
       apply sum_ext; intros; ring. }
  rewrite (mixture_linear (fun k => ln (mixture k))).
  unfold Rminus; rewrite Ropp_involutive, Rplus_comm.
  fold (Rminus (sum M (fun m => w m * sum K (fun k => p m k * ln (p m k))))
    (sum M (fun m => w m * sum K (fun k => p m k * ln (mixture k))))).
  rewrite <- sum_minus; apply sum_ext; intros m Hm.
  rewrite <- Rmult_minus_distr_l, <- sum_minus; f_equal; unfold divergence.
  apply sum_ext; intros k Hk; destruct (predictions m Hm) as (P & _).
  destruct (P k Hk) as [Pk | <-]; [ | ring ].
  rewrite ln_quotient; [ ring | assumption | now apply (mixture_dominates m) ].
Qed.

(** The mean divergence from any other q exceeds that from the mixture by D(mixture, q);
    so no single prediction stands closer to all networks than their mixture. *)
Theorem compensation q : dominated K mixture q ->
  sum M (fun m => w m * divergence K (p m) q) = mutual_information + divergence K mixture q.
Proof.
  intro D; rewrite mutual_information_divergences.
  unfold divergence at 3; rewrite (mixture_linear (fun k => ln (mixture k / q k))).
  rewrite <- sum_plus; apply sum_ext; intros m Hm.
  unfold divergence; rewrite <- Rmult_plus_distr_l, <- sum_plus; f_equal.
  apply sum_ext; intros k Hk; destruct (predictions m Hm) as (P & _).
  destruct (P k Hk) as [Pk | <-]; [ | ring ].
  pose proof (mixture_dominates m Hm k Hk Pk) as Mk; pose proof (D k Hk Mk).
  rewrite !ln_quotient by assumption; ring.
Qed.

Theorem mutual_information_nonnegative : 0 <= mutual_information.
Proof.
  rewrite mutual_information_divergences; apply sum_nonneg; intros m Hm.
  apply Rmult_le_pos; [ left; auto | ].
  apply divergence_nonnegative; [ auto | apply mixture_distribution | ].
  now apply mixture_dominates.
Qed.

(** The mixture is at least w_m p_m, so KL(p_m || mixture) <= - ln w_m. *)
Theorem mutual_information_le_entropy_of_weights : mutual_information <= entropy M w.
Proof.
  rewrite mutual_information_divergences; unfold entropy.
  rewrite <- (Rmult_1_l (sum M (fun m => w m * ln (w m)))), Ropp_mult_distr_l, <- sum_scal.
  apply sum_le; intros m Hm; pose proof (weights_pos m Hm) as Wm.
  replace (- (1) * (w m * ln (w m))) with (w m * - ln (w m)) by ring.
  apply Rmult_le_compat_l; [ lra | ].
  destruct (predictions m Hm) as (P & Sp).
  rewrite <- (Rmult_1_r (- ln (w m))), <- Sp, <- sum_scal.
  apply sum_le; intros k Hk; destruct (P k Hk) as [Pk | <-]; [ | lra ].
  rewrite Rmult_comm; apply Rmult_le_compat_r; [ lra | ].
  pose proof (mixture_dominates m Hm k Hk Pk) as Qk.
  rewrite ln_quotient by assumption.
  pose proof (ln_le (w m * p m k) (mixture k) ltac:(now apply Rmult_lt_0_compat)
    (mixture_ge m k Hm Hk)) as L.
  rewrite ln_mult in L by assumption; lra.
Qed.

(** Information about the network cannot exceed what the ensemble leaves open. *)
Theorem mutual_information_le_entropy : mutual_information <= entropy K mixture.
Proof.
  unfold mutual_information.
  assert (0 <= sum M (fun m => w m * entropy K (p m))); [ | lra ].
  apply sum_nonneg; intros m Hm; apply Rmult_le_pos; [ left; auto | ].
  apply entropy_nonnegative; auto.
Qed.
End Networks.

(** ** Equal weights: at most ln M *)

Definition equal_weights (M : nat) : nat -> R := fun _ => / INR M.

Lemma equal_weights_distribution M : (0 < M)%nat ->
  distribution M (equal_weights M) /\ forall m, (m < M)%nat -> 0 < equal_weights M m.
Proof.
  intro HM; pose proof (lt_0_INR M HM) as N; unfold equal_weights; repeat split; intros.
  - left; now apply Rinv_0_lt_compat.
  - rewrite sum_const; field; lra.
  - now apply Rinv_0_lt_compat.
Qed.

Theorem jensen_shannon_bounds K M p : (0 < M)%nat ->
  (forall m, (m < M)%nat -> distribution K (p m)) ->
  0 <= mutual_information K M (equal_weights M) p <= ln (INR M).
Proof.
  intros HM Dp; destruct (equal_weights_distribution M HM) as (W & Wp); split.
  - now apply mutual_information_nonnegative.
  - apply Rle_trans with (entropy M (equal_weights M)).
    + now apply mutual_information_le_entropy_of_weights.
    + now apply entropy_le_log_classes.
Qed.

Theorem mutual_information_bounds K M p : (0 < M)%nat ->
  (forall m, (m < M)%nat -> distribution K (p m)) ->
  let w := equal_weights M in
  0 <= mutual_information K M w p <= Rmin (entropy K (mixture M w p)) (ln (INR M)).
Proof.
  intros HM Dp w; destruct (equal_weights_distribution M HM) as (W & Wp).
  destruct (jensen_shannon_bounds K M p HM Dp) as (L & U); split; [ exact L | ].
  apply Rmin_glb; [ now apply mutual_information_le_entropy | exact U ].
Qed.

(** ** Two distributions *)

Definition midpoint (p q : nat -> R) (k : nat) : R := (p k + q k) / 2.
Definition jensen_shannon K p q : R :=
  divergence K p (midpoint p q) / 2 + divergence K q (midpoint p q) / 2.

Theorem jensen_shannon_two K p q : distribution K p -> distribution K q ->
  0 <= jensen_shannon K p q <= ln 2.
Proof.
  intros Dp Dq; set (pair := fun m : nat => match m with O => p | _ => q end).
  assert (D : forall m, (m < 2)%nat -> distribution K (pair m))
    by (intros [| m] _; assumption).
  destruct (equal_weights_distribution 2 ltac:(lia)) as (W & Wp).
  assert (mid : forall k, mixture 2 (equal_weights 2) pair k = midpoint p q k).
  { intro k; unfold mixture, equal_weights, midpoint; simpl; field. }
  assert (E : mutual_information K 2 (equal_weights 2) pair = jensen_shannon K p q).
  { rewrite mutual_information_divergences by assumption; unfold jensen_shannon; simpl.
    unfold equal_weights at 1 3; unfold divergence; simpl.
    rewrite !(sum_ext K (fun k => p k * ln (p k / mixture _ _ _ k))
      (fun k => p k * ln (p k / midpoint p q k))) by (intros; now rewrite mid).
    rewrite !(sum_ext K (fun k => q k * ln (q k / mixture _ _ _ k))
      (fun k => q k * ln (q k / midpoint p q k))) by (intros; now rewrite mid).
    field. }
  pose proof (jensen_shannon_bounds K 2 pair ltac:(lia) D) as B; rewrite E in B; exact B.
Qed.

(** The bound is attained by two certain predictions of different classes. *)
Theorem jensen_shannon_attained :
  jensen_shannon 2 (kronecker 0) (kronecker 1) = ln 2.
Proof.
  unfold jensen_shannon, divergence, midpoint, kronecker; simpl.
  replace (1 / ((1 + 0) / 2)) with 2 by field.
  replace (1 / ((0 + 1) / 2)) with 2 by field.
  field.
Qed.

(** ** Largest and second largest probability *)

(** The margin of two classes a and b that lead all others. *)
Theorem margin_bounds K p a b : (1 < K)%nat -> distribution K p ->
  (a < K)%nat -> (b < K)%nat -> a <> b -> p b <= p a ->
  (forall k, (k < K)%nat -> k <> a -> p k <= p b) ->
  2 * p a - 1 <= p a - p b <= (INR K * p a - 1) / (INR K - 1).
Proof.
  intros HK (P & S) Ha Hb N L B.
  assert (two : p a + p b <= 1) by (rewrite <- S; now apply sum_ge_two).
  assert (HK1 : 0 < INR K - 1) by (apply lt_INR in HK; simpl in HK; lra).
  split; [ lra | ].
  assert (rest : sum K (fun k => p b + kronecker k a * (p a - p b) - p k) >= 0).
  { apply Rle_ge, sum_nonneg; intros k Hk; unfold kronecker.
    destruct (Nat.eqb k a) eqn:E.
    - apply Nat.eqb_eq in E; subst; lra.
    - apply Nat.eqb_neq in E; specialize (B k Hk E); lra. }
  rewrite sum_minus, sum_plus, sum_const, S in rest.
  rewrite (sum_kronecker K a (fun _ => p a - p b) Ha) in rest.
  apply (Rmult_le_reg_r (INR K - 1)); [ lra | ].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

(** ** Rao's quadratic entropy *)

Definition rao (K : nat) (d : nat -> nat -> R) (p : nat -> R) : R :=
  sum K (fun i => sum K (fun j => d i j * p i * p j)).
Definition collision (K : nat) (p : nat -> R) : R := sum K (fun k => p k ^ 2).

Lemma collision_ge K p : (0 < K)%nat -> distribution K p -> / INR K <= collision K p.
Proof.
  intros HK (P & S); pose proof (lt_0_INR K HK) as N.
  assert (E : sum K (fun k => (p k - / INR K) ^ 2) = collision K p - / INR K).
  { rewrite (sum_ext K _ (fun k => p k ^ 2 + - (2 * / INR K) * p k + / INR K * / INR K))
      by (intros; ring).
    rewrite !sum_plus, sum_scal, sum_const, S; unfold collision; field; lra. }
  assert (0 <= sum K (fun k => (p k - / INR K) ^ 2)); [ | lra ].
  apply sum_nonneg; intros; apply pow2_ge_0.
Qed.

Theorem rao_bounds K delta d p : (0 < K)%nat -> distribution K p ->
  (forall i j, (i < K)%nat -> (j < K)%nat -> 0 <= d i j <= delta) ->
  (forall i, (i < K)%nat -> d i i = 0) ->
  0 <= rao K d p <= delta * (1 - collision K p) /\
  delta * (1 - collision K p) <= delta * (1 - / INR K).
Proof.
  intros HK Dp B Z; pose proof (collision_ge K p HK Dp) as C; destruct Dp as (P & S).
  assert (nonneg : 0 <= delta) by (specialize (B O O HK HK); lra).
  split; [ split | apply Rmult_le_compat_l; lra ].
  - apply sum_nonneg; intros i Hi; apply sum_nonneg; intros j Hj.
    destruct (B i j Hi Hj) as (L & _).
    repeat apply Rmult_le_pos; auto.
  - assert (E : delta * (1 - collision K p) =
      sum K (fun i => sum K (fun j => delta * p i * p j - kronecker j i * (delta * p i * p j)))).
    { rewrite (sum_ext K _ (fun i => delta * p i + - delta * p i ^ 2)).
      - rewrite sum_plus, !sum_scal, S; unfold collision; ring.
      - intros i Hi; rewrite sum_minus, (sum_kronecker K i (fun j => delta * p i * p j) Hi).
        rewrite sum_scal, S; ring. }
    rewrite E; apply sum_le; intros i Hi; apply sum_le; intros j Hj; unfold kronecker.
    destruct (Nat.eqb j i) eqn:Q.
    + apply Nat.eqb_eq in Q; subst; rewrite (Z i Hi); lra.
    + destruct (B i j Hi Hj) as (_ & U); pose proof (P i Hi); pose proof (P j Hj).
      rewrite Rmult_0_l, Rminus_0_r; apply Rmult_le_compat_r; [ assumption | ].
      now apply Rmult_le_compat_r.
Qed.

(** The axioms of all at once: to print them one by one takes twenty times as long. *)
Definition theorems := (
  @divergence_nonnegative,
  @entropy_nonnegative,
  @entropy_le_log_classes,
  @entropy_bounds,
  @mutual_information_divergences,
  @compensation,
  @mutual_information_le_entropy,
  @mutual_information_bounds,
  @mutual_information_nonnegative,
  @mutual_information_le_entropy_of_weights,
  @jensen_shannon_bounds,
  @jensen_shannon_two,
  @jensen_shannon_attained,
  @margin_bounds,
  @rao_bounds).

Print Assumptions theorems.
