(** * Linear networks

    What is proved here:

    - a stack of affine layers, of any depth and any widths that fit, is one affine
      layer, and its matrix has rank at most the smallest width (over any ring, and
      over any field for the rank);
    - no affine score separates exclusive or, no network with a single hidden unit
      and a monotone activation does, and one with two ReLU units computes it;
    - linear interpolation on a cell of width h misses an L-Lipschitz function by at
      most L h / 2, and one with |f''| <= M by at most M h^2 / 8.

    The first part rests on no axiom at all; the others on Coq's real numbers. *)

From mathcomp Require all_ssreflect all_algebra.
Require Reals Lra.

(** ** Collapse, for every depth and every width *)

Module Collapse.
Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Rings.
Variable R : ringType.

(** Two layers, as the course notes write them. *)
Theorem two_layers n0 n1 n2 (W1 : 'M[R]_(n1, n0)) (b1 : 'cV_n1)
    (W2 : 'M_(n2, n1)) (b2 : 'cV_n2) (x : 'cV_n0) :
  W2 *m (W1 *m x + b1) + b2 = (W2 *m W1) *m x + (W2 *m b1 + b2).
Proof. by rewrite mulmxDr mulmxA addrA. Qed.

(** [network m n] is a network from R^m to R^n; the widths between are free, and the
    type makes neighbouring widths fit.  The empty network is the identity. *)
Inductive network : nat -> nat -> Type :=
| Empty m : network m m
| Layer m k n of 'M[R]_(k, m) & 'cV[R]_k & network k n : network m n.

Fixpoint forward m n (N : network m n) : 'cV[R]_m -> 'cV[R]_n :=
  match N with
  | Empty _ => fun x => x
  | Layer _ _ _ W b rest => fun x => forward rest (W *m x + b)
  end.

(** The matrix and the bias of the collapsed network: W_L ... W_2 W_1, and the
    biases carried through the layers that follow them. *)
Fixpoint weight m n (N : network m n) : 'M[R]_(n, m) :=
  match N with
  | Empty _ => 1%:M
  | Layer _ _ _ W b rest => weight rest *m W
  end.

Fixpoint bias m n (N : network m n) : 'cV[R]_n :=
  match N with
  | Empty _ => 0
  | Layer _ _ _ W b rest => weight rest *m b + bias rest
  end.

Theorem affine_collapse m n (N : network m n) (x : 'cV[R]_m) :
  forward N x = weight N *m x + bias N.
Proof.
elim: N x => [p | p k q W b rest IH] x /=; first by rewrite mul1mx addr0.
by rewrite IH mulmxDr mulmxA addrA.
Qed.

(** Affine layers compose to an affine layer also when they come in two stacks. *)
Fixpoint stack m k n (N : network m k) : network k n -> network m n :=
  match N with
  | Empty _ => fun M => M
  | Layer _ _ _ W b rest => fun M => Layer W b (stack rest M)
  end.

Theorem collapse_of_stack m k n (N : network m k) (M : network k n) :
  weight (stack N M) = weight M *m weight N /\
  bias (stack N M) = weight M *m bias N + bias M.
Proof.
elim: N M => [p | p j q W b rest IH] M /=; first by rewrite mulmx1 mulmx0 add0r.
by have [-> ->] := IH M; rewrite mulmxDr !mulmxA addrA.
Qed.
End Rings.

Section Rank.
Variable F : fieldType.

(** The smallest width, input and output included. *)
Fixpoint narrowest m n (N : network F m n) : nat :=
  match N with
  | Empty k => k
  | Layer m' _ _ _ _ rest => minn m' (narrowest rest)
  end.

Theorem collapse_rank m n (N : network F m n) : (\rank (weight N) <= narrowest N)%N.
Proof.
elim: N => [p | p k q W b rest IH] /=; first exact: rank_leq_row.
rewrite leq_min rank_leq_col /=; exact: leq_trans (mxrankM_maxl _ _) IH.
Qed.

(** Conversely, a matrix of that rank is the weight of a network of those widths: split
    it at each hidden layer into two factors that meet in as many columns as its rank. *)
Fixpoint widths m n (N : network F m n) : seq nat :=
  match N with
  | Empty _ => [::]
  | Layer _ k _ _ _ rest => k :: widths rest
  end.

Lemma factor m k n (A : 'M[F]_(n, m)) : (\rank A <= k)%N ->
  exists B : 'M_(n, k), exists C : 'M_(k, m), A = B *m C /\ (\rank B <= \rank A)%N.
Proof.
move=> rk; exists (col_base A *m pid_mx (\rank A)), (pid_mx (\rank A) *m row_base A).
split; last exact: leq_trans (mxrankM_maxl _ _) (rank_leq_col _).
rewrite mulmxA -(mulmxA (col_base A)) mul_pid_mx minnn (minn_idPr rk) pid_mx_1 mulmx1.
by rewrite mulmx_base.
Qed.

Lemma rank_le_widths m n (N : network F m n) :
  all (fun k => \rank (weight N) <= k)%N (widths N).
Proof.
elim: N => [//|p k q W b rest IH] /=; apply/andP; split.
  exact: leq_trans (mxrankM_maxl _ _) (rank_leq_col _).
by apply/allP => j jw; apply: leq_trans (mxrankM_maxl _ _) (allP IH j jw).
Qed.

(** [k :: ws] lists the widths after the input; their last is the width of the output. *)
Theorem rank_of_widths m k ws (A : 'M[F]_(last k ws, m)) (c : 'cV_(last k ws)) :
  (exists N : network F m (last k ws),
     widths N = k :: ws /\ weight N = A /\ bias N = c) <->
  all (fun j => \rank A <= j)%N (k :: ws).
Proof.
split=> [[N [<- [<- _]]] | ]; first exact: rank_le_widths.
elim: ws m k A c => [|j ws IH] m k A c /= /andP[rk rest].
  by exists (Layer A c (Empty _ k)); split; last by rewrite /= mul1mx mul1mx addr0.
have [B [C [AE rB]]] := factor rk.
have [|N [wN [WN bN]]] := IH k j B c.
  case/andP: rest => rj rest; rewrite /= (leq_trans rB rj) /=.
  by apply/allP => i iw; exact: leq_trans rB (allP rest i iw).
by exists (Layer C 0 N); rewrite /= wN WN bN mulmx0 add0r AE.
Qed.
End Rank.
End Collapse.

(** ** Exclusive or *)

Module ExclusiveOr.
Import Reals Lra.
Open Scope R_scope.

(** A score says "true" where it is positive.  That a score f separates exclusive or
    means that it is positive at (0,1) and (1,0), and at (0,0) and (1,1) is not. *)
Definition separates_xor (f : R -> R -> R) : Prop :=
  f 0 0 <= 0 /\ f 1 1 <= 0 /\ 0 < f 0 1 /\ 0 < f 1 0.

Theorem xor_not_affinely_separable (w1 w2 b : R) :
  ~ separates_xor (fun x1 x2 => w1 * x1 + w2 * x2 + b).
Proof. intros (H00 & H11 & H01 & H10); lra. Qed.

Corollary xor_not_affine (w1 w2 b : R) :
  ~ (w1 * 0 + w2 * 0 + b = 0 /\ w1 * 1 + w2 * 1 + b = 0 /\
     w1 * 0 + w2 * 1 + b = 1 /\ w1 * 1 + w2 * 0 + b = 1).
Proof. intros (H00 & H11 & H01 & H10); lra. Qed.

Definition monotone (phi : R -> R) : Prop := forall s t, s <= t -> phi s <= phi t.

(** One hidden unit does not help, whatever its monotone activation.  The arguments p,
    q at (0,0), (1,1) and r, s at (0,1), (1,0) satisfy p + q = r + s, so one of the
    two pairs lies between the other two numbers; and a phi(.) + c cannot leave the
    range that it has at the ends. *)
Theorem xor_not_one_hidden_unit (phi : R -> R) (a w1 w2 b c : R) :
  monotone phi -> ~ separates_xor (fun x1 x2 => a * phi (w1 * x1 + w2 * x2 + b) + c).
Proof.
  unfold separates_xor; intros mono (H00 & H11 & H01 & H10).
  set (p := w1 * 0 + w2 * 0 + b) in *; set (q := w1 * 1 + w2 * 1 + b) in *.
  set (r := w1 * 0 + w2 * 1 + b) in *; set (s := w1 * 1 + w2 * 0 + b) in *.
  assert (sums : p + q = r + s) by (unfold p, q, r, s; ring).
  clearbody p q r s.
  assert (between : forall u t v, u <= t -> t <= v ->
    a * phi u <= a * phi t <= a * phi v \/ a * phi v <= a * phi t <= a * phi u).
  { intros u t v ut tv; pose proof (mono u t ut); pose proof (mono t v tv).
    destruct (Rle_dec 0 a).
    - left; split; apply Rmult_le_compat_l; assumption.
    - right; split; apply Rmult_le_compat_neg_l; lra. }
  destruct (Rle_dec p q), (Rle_dec r s), (Rle_dec p r), (Rle_dec p s); first
    [ destruct (between p r q ltac:(lra) ltac:(lra)); lra
    | destruct (between q r p ltac:(lra) ltac:(lra)); lra
    | destruct (between r p s ltac:(lra) ltac:(lra)); lra
    | destruct (between s p r ltac:(lra) ltac:(lra)); lra ].
Qed.

Definition relu (x : R) : R := Rmax 0 x.

Lemma relu_monotone : monotone relu.
Proof. intros s t L; unfold relu, Rmax; destruct (Rle_dec 0 s), (Rle_dec 0 t); lra. Qed.

Corollary xor_not_one_relu (a w1 w2 b c : R) :
  ~ separates_xor (fun x1 x2 => a * relu (w1 * x1 + w2 * x2 + b) + c).
Proof. apply xor_not_one_hidden_unit, relu_monotone. Qed.

(** Two hidden units suffice. *)
Definition xor_network (x1 x2 : R) : R := relu (x1 + x2) - 2 * relu (x1 + x2 - 1).

Definition bit (i : R) : Prop := i = 0 \/ i = 1.

Theorem relu_network_computes_xor i j : bit i -> bit j -> xor_network i j = (i - j) ^ 2.
Proof.
  unfold xor_network, relu, Rmax; intros [-> | ->] [-> | ->]; repeat destruct Rle_dec; lra.
Qed.

(** The best affine fit: any affine function, written around the middle of the square,
    and its squared errors on the four corners. *)
Theorem best_affine_fit (alpha beta gamma : R) :
  let error i j := (alpha * (i - 1 / 2) + beta * (j - 1 / 2) + gamma - (i - j) ^ 2) ^ 2 in
  error 0 0 + error 0 1 + error 1 0 + error 1 1 =
  alpha ^ 2 + beta ^ 2 + 4 * (gamma - 1 / 2) ^ 2 + 1.
Proof. simpl; field. Qed.
End ExclusiveOr.

(** ** Piecewise-linear interpolation on one cell *)

Module Interpolation.
Import Reals Lra.
Open Scope R_scope.

(** The line through (a, f a) and (b, f b). *)
Definition chord (f : R -> R) (a b x : R) : R :=
  ((b - x) * f a + (x - a) * f b) / (b - a).

(** (x - a)(b - x) is largest in the middle of the cell. *)
Lemma product_le_quarter a b x : (x - a) * (b - x) <= (b - a) ^ 2 / 4.
Proof. pose proof (pow2_ge_0 ((x - a) - (b - x))); lra. Qed.

Theorem interpolation_error_lipschitz (f : R -> R) (L a b x : R) :
  a < b -> 0 <= L ->
  (forall u v, a <= u <= b -> a <= v <= b -> Rabs (f u - f v) <= L * Rabs (u - v)) ->
  a <= x <= b ->
  Rabs (f x - chord f a b x) <= L * (b - a) / 2.
Proof.
  intros ab L0 lip Hx; unfold chord.
  (* f - chord is a weighted mean of f x - f a and f x - f b *)
  replace (f x - _) with (((b - x) * (f x - f a) + (x - a) * (f x - f b)) / (b - a))
    by (field; lra).
  unfold Rdiv at 1; rewrite Rabs_mult, (Rabs_pos_eq (/ (b - a)))
    by (left; apply Rinv_0_lt_compat; lra).
  apply Rmult_le_reg_r with (b - a); [ lra | ].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  eapply Rle_trans; [ apply Rabs_triang | ].
  rewrite !Rabs_mult, (Rabs_pos_eq (b - x)), (Rabs_pos_eq (x - a)) by lra.
  pose proof (lip x a ltac:(lra) ltac:(lra)) as La; rewrite (Rabs_pos_eq (x - a)) in La by lra.
  pose proof (lip x b ltac:(lra) ltac:(lra)) as Lb; rewrite (Rabs_left1 (x - b)) in Lb by lra.
  apply Rle_trans with ((b - x) * (L * (x - a)) + (x - a) * (L * - (x - b))).
  - apply Rplus_le_compat; apply Rmult_le_compat_l; lra.
  - pose proof (Rmult_le_compat_l L _ _ L0 (product_le_quarter a b x)); lra.
Qed.

(** A function that vanishes at three points has a second derivative that vanishes. *)
Lemma rolle (g g' : R -> R) a b : a < b ->
  (forall t, a <= t <= b -> derivable_pt_lim g t (g' t)) -> g a = 0 -> g b = 0 ->
  exists t, a < t < b /\ g' t = 0.
Proof.
  intros ab D ga gb; destruct (MVT_cor2 g g' a b ab D) as (t & E & T).
  exists t; split; [ assumption | ].
  rewrite ga, gb, Rminus_0_r in E; symmetry in E; apply Rmult_integral in E; lra.
Qed.

(** The error at x is f''(t)/2 (x - a)(x - b) for some t of the cell: subtract from f
    the chord and that multiple of (t - a)(t - b) which makes the rest vanish at x
    too, and apply Rolle twice. *)
Lemma interpolation_remainder (f f' f'' : R -> R) (a b x : R) :
  (forall t, a <= t <= b -> derivable_pt_lim f t (f' t)) ->
  (forall t, a <= t <= b -> derivable_pt_lim f' t (f'' t)) ->
  a < x < b ->
  exists t, a < t < b /\ f x - chord f a b x = f'' t / 2 * ((x - a) * (x - b)).
Proof.
  intros D1 D2 Hx.
  set (k := (f x - chord f a b x) / ((x - a) * (x - b))).
  set (m := (f b - f a) / (b - a)).
  assert (nz : (x - a) * (x - b) <> 0)
    by (intro Z; apply Rmult_integral in Z; lra).
  set (g := fun t => f t - (f a + m * (t - a)) - k * ((t - a) * (t - b))).
  set (g' := fun t => f' t - m - k * (2 * t - a - b)).
  set (g'' := fun t => f'' t - 2 * k).
  assert (G1 : forall t, a <= t <= b -> derivable_pt_lim g t (g' t)).
  { intros t Ht; unfold g, g'.
    replace (f' t - m - k * (2 * t - a - b)) with
      (f' t - (0 + m * (1 - 0)) - k * ((1 - 0) * (t - b) + (t - a) * (1 - 0))) by ring.
    apply (derivable_pt_lim_minus (fun t => f t - (f a + m * (t - a)))
      (fun t => k * ((t - a) * (t - b)))).
    - apply (derivable_pt_lim_minus f (fun t => f a + m * (t - a))); [ now apply D1 | ].
      apply (derivable_pt_lim_plus (fun _ => f a) (fun t => m * (t - a)));
        [ apply derivable_pt_lim_const | ].
      apply (derivable_pt_lim_scal (fun t => t - a)).
      apply (derivable_pt_lim_minus (fun t => t) (fun _ => a));
        [ apply derivable_pt_lim_id | apply derivable_pt_lim_const ].
    - apply (derivable_pt_lim_scal (fun t => (t - a) * (t - b))).
      apply (derivable_pt_lim_mult (fun t => t - a) (fun t => t - b));
      [ apply (derivable_pt_lim_minus (fun t => t) (fun _ => a))
      | apply (derivable_pt_lim_minus (fun t => t) (fun _ => b)) ];
      first [ apply derivable_pt_lim_id | apply derivable_pt_lim_const ]. }
  assert (G2 : forall t, a <= t <= b -> derivable_pt_lim g' t (g'' t)).
  { intros t Ht; unfold g', g''.
    replace (f'' t - 2 * k) with (f'' t - 0 - k * (2 * 1 - 0 - 0)) by ring.
    apply (derivable_pt_lim_minus (fun t => f' t - m) (fun t => k * (2 * t - a - b))).
    - apply (derivable_pt_lim_minus f' (fun _ => m));
        [ now apply D2 | apply derivable_pt_lim_const ].
    - apply (derivable_pt_lim_scal (fun t => 2 * t - a - b)).
      apply (derivable_pt_lim_minus (fun t => 2 * t - a) (fun _ => b));
        [ | apply derivable_pt_lim_const ].
      apply (derivable_pt_lim_minus (fun t => 2 * t) (fun _ => a));
        [ | apply derivable_pt_lim_const ].
      apply (derivable_pt_lim_scal (fun t => t)), derivable_pt_lim_id. }
  assert (ga : g a = 0) by (unfold g; ring).
  assert (gb : g b = 0) by (unfold g, m; field; lra).
  assert (gx : g x = 0).
  { unfold g, k, m, chord; field; repeat split; lra. }
  destruct (rolle g g' a x ltac:(lra)) as (t1 & T1 & E1); auto.
  { intros; apply G1; lra. }
  destruct (rolle g g' x b ltac:(lra)) as (t2 & T2 & E2); auto.
  { intros; apply G1; lra. }
  destruct (rolle g' g'' t1 t2 ltac:(lra)) as (t & T & E); auto.
  { intros; apply G2; lra. }
  exists t; split; [ lra | ].
  unfold g'' in E; replace (f'' t / 2) with k by lra.
  unfold k; field; split; lra.
Qed.

Theorem interpolation_error_smooth (f f' f'' : R -> R) (M a b x : R) :
  (forall t, a <= t <= b -> derivable_pt_lim f t (f' t)) ->
  (forall t, a <= t <= b -> derivable_pt_lim f' t (f'' t)) ->
  (forall t, a <= t <= b -> Rabs (f'' t) <= M) ->
  a < b -> a <= x <= b ->
  Rabs (f x - chord f a b x) <= M * (b - a) ^ 2 / 8.
Proof.
  intros D1 D2 B ab Hx.
  assert (M0 : 0 <= M).
  { apply Rle_trans with (Rabs (f'' a)); [ apply Rabs_pos | apply B; lra ]. }
  assert (R0 : 0 <= M * (b - a) ^ 2 / 8).
  { pose proof (Rmult_le_pos M _ M0 (pow2_ge_0 (b - a))); lra. }
  (* at the ends of the cell there is no error *)
  destruct (Req_dec x a) as [-> | xa].
  { replace (f a - chord f a b a) with 0 by (unfold chord; field; lra).
    now rewrite Rabs_R0. }
  destruct (Req_dec x b) as [-> | xb].
  { replace (f b - chord f a b b) with 0 by (unfold chord; field; lra).
    now rewrite Rabs_R0. }
  destruct (interpolation_remainder f f' f'' a b x D1 D2 ltac:(lra)) as (t & T & ->).
  replace ((x - a) * (x - b)) with (- ((x - a) * (b - x))) by ring.
  assert (P : 0 <= (x - a) * (b - x)) by (apply Rmult_le_pos; lra).
  rewrite Rabs_mult, Rabs_Ropp, (Rabs_pos_eq _ P).
  unfold Rdiv at 1; rewrite Rabs_mult, (Rabs_pos_eq (/ 2)) by lra.
  pose proof (product_le_quarter a b x) as Q.
  pose proof (B t ltac:(lra)) as Bt.
  apply Rle_trans with (M * / 2 * ((b - a) ^ 2 / 4)); [ | lra ].
  apply Rmult_le_compat; try assumption; [ | lra ].
  apply Rmult_le_pos; [ apply Rabs_pos | lra ].
Qed.
End Interpolation.

Print Assumptions Collapse.two_layers.
Print Assumptions Collapse.affine_collapse.
Print Assumptions Collapse.collapse_of_stack.
Print Assumptions Collapse.collapse_rank.
Print Assumptions Collapse.rank_of_widths.

(** The axioms of all at once: to print them one by one takes twenty times as long. *)
Definition theorems := (
  @ExclusiveOr.xor_not_affinely_separable,
  @ExclusiveOr.xor_not_affine,
  @ExclusiveOr.xor_not_one_hidden_unit,
  @ExclusiveOr.xor_not_one_relu,
  @ExclusiveOr.relu_network_computes_xor,
  @ExclusiveOr.best_affine_fit,
  @Interpolation.interpolation_error_lipschitz,
  @Interpolation.interpolation_error_smooth).

Print Assumptions theorems.
