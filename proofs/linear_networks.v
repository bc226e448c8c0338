(** * Linear networks

    What is proved here:

    - a stack of affine layers, of any depth and any widths that fit, is one affine
      layer, and its matrix has rank at most the smallest width (over any ring, and
      over any field for the rank);
    - no affine score separates exclusive or, no network with a single hidden unit
      and a monotone activation does, and one with two ReLU units computes it;
    - balanced weights follow gradient flow mode by mode;
    - a network with polynomial activations of degree d and H hidden layers is a
      polynomial of degree at most d ^ H; the signed distances of a polynomial of lower
      degree from Chebyshev's have the weighted mean 1, and none comes near one that
      alternates between 1 and -1;
    - forward differences of a smooth activation tend to powers, uniformly;
    - a sum of rectified units interpolates;
    - linear interpolation on a cell of width h misses an L-Lipschitz function by at
      most L h / 2, and one with |f''| <= M by at most M h^2 / 8.

    What is said over rings and fields rests on no axiom at all; the rest on Coq's real
    numbers. *)

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

(** The same with numbered layers: [output k] is what layer k puts out, [between j k] the product of the
    weights after layer k up to layer j.  W k is the book's W_(k+1), since it leads from
    layer k to the next. *)
Section Depth.
Variables (R : ringType) (n : nat -> nat).
Variables (W : forall k, 'M[R]_(n k.+1, n k)) (b : forall k, 'cV[R]_(n k)) (x0 : 'cV[R]_(n 0)).

Fixpoint output k : 'cV[R]_(n k) :=
  match k with 0%N => x0 | k'.+1 => W k' *m output k' + b k'.+1 end.

(** The identity for j = k; its type does not say so, so it is written by entries. *)
Definition identity_of j k : 'M[R]_(n j, n k) := \matrix_(p, q) (p == q :> nat)%:R.

Fixpoint between j k : 'M[R]_(n j, n k) :=
  match j with
  | 0%N => if k == 0%N then identity_of 0 k else 0
  | j'.+1 => if k == j'.+1 then identity_of j'.+1 k else W j' *m between j' k
  end.

Lemma between_same k : between k k = 1%:M.
Proof. by case: k => [|k] /=; rewrite ?eqxx; apply/matrixP => p q; rewrite !mxE. Qed.

Lemma between_next j k : (k <= j)%N -> between j.+1 k = W j *m between j k.
Proof. by move=> le /=; rewrite ltn_eqF. Qed.

Definition collapsed N := between N 0 *m x0 + \sum_(1 <= k < N.+1) between N k *m b k.

Lemma layer_steps N : output N = collapsed N ->
  [/\ output N.+1 = W N *m output N + b N.+1,
      W N *m output N + b N.+1 = W N *m collapsed N + b N.+1,
      W N *m collapsed N + b N.+1
        = W N *m between N 0 *m x0 + \sum_(1 <= k < N.+1) W N *m between N k *m b k + b N.+1,
      W N *m between N 0 *m x0 + \sum_(1 <= k < N.+1) W N *m between N k *m b k + b N.+1
        = between N.+1 0 *m x0 + \sum_(1 <= k < N.+1) between N.+1 k *m b k
          + between N.+1 N.+1 *m b N.+1 &
      between N.+1 0 *m x0 + \sum_(1 <= k < N.+1) between N.+1 k *m b k
          + between N.+1 N.+1 *m b N.+1
        = collapsed N.+1].
Proof.
move=> IH; split=> //; first by rewrite IH.
- rewrite /collapsed mulmxDr mulmxA mulmx_sumr; congr (_ + _ + _).
  by apply: eq_bigr => k _; rewrite mulmxA.
- rewrite between_same mul1mx between_next //; congr (_ + _ + _).
  by apply: eq_big_nat => k /andP [_ lt]; rewrite between_next.
- by rewrite /collapsed [in RHS]big_nat_recr //= addrA.
Qed.

Lemma collapse_depth N : output N = collapsed N.
Proof.
elim: N => [|N IH]; last by have [-> -> -> -> ->] := layer_steps IH.
by rewrite /collapsed big_geq // addr0 between_same mul1mx.
Qed.

Theorem one_layer_more N :
  [/\ output N.+1 = W N *m output N + b N.+1,
      W N *m output N + b N.+1
        = W N *m (between N 0 *m x0 + \sum_(1 <= k < N.+1) between N k *m b k) + b N.+1,
      W N *m (between N 0 *m x0 + \sum_(1 <= k < N.+1) between N k *m b k) + b N.+1
        = W N *m between N 0 *m x0 + \sum_(1 <= k < N.+1) W N *m between N k *m b k + b N.+1,
      W N *m between N 0 *m x0 + \sum_(1 <= k < N.+1) W N *m between N k *m b k + b N.+1
        = between N.+1 0 *m x0 + \sum_(1 <= k < N.+1) between N.+1 k *m b k
          + between N.+1 N.+1 *m b N.+1 &
      between N.+1 0 *m x0 + \sum_(1 <= k < N.+1) between N.+1 k *m b k
          + between N.+1 N.+1 *m b N.+1
        = between N.+1 0 *m x0 + \sum_(1 <= k < N.+2) between N.+1 k *m b k].
Proof. exact: layer_steps (collapse_depth N). Qed.
End Depth.

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

(** ** Two layers in training: weights that share the modes evenly *)

Module Modes.
Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** The columns of U, V and R are orthonormal; S and C are diagonal.  The rates R C' V^T and
    U C' R^T of the weights, with C' = C (S - C^2), are what gradient flow asks for. *)
Theorem balanced_layers (F : comRingType) n0 n1 n2 r (U : 'M[F]_(n2, r)) (V : 'M_(n0, r))
    (R : 'M_(n1, r)) (s c : 'rV_r) :
  U^T *m U = 1%:M -> V^T *m V = 1%:M -> R^T *m R = 1%:M ->
  let S := diag_mx s in let C := diag_mx c in
  let W1 := R *m C *m V^T in let W2 := U *m C *m R^T in
  let rate := C *m (S - C *m C) in
  R *m rate *m V^T = W2^T *m (U *m S *m V^T - W2 *m W1) /\
  U *m rate *m R^T = (U *m S *m V^T - W2 *m W1) *m W1^T.
Proof.
move=> UU VV RR S C W1 W2 rate.
have W21 : W2 *m W1 = U *m (C *m C) *m V^T.
  by rewrite /W2 /W1 -!mulmxA (mulmxA R^T) RR mul1mx.
have gap : U *m S *m V^T - W2 *m W1 = U *m (S - C *m C) *m V^T.
  by rewrite W21 mulmxBr mulmxBl.
have comm : rate = (S - C *m C) *m C.
  by rewrite /rate mulmxBr mulmxBl mulmxA diag_mxC.
have trC : C^T = C by rewrite tr_diag_mx.
rewrite gap; split.
  by rewrite /W2 !trmx_mul trmxK trC /rate -!mulmxA (mulmxA U^T U) UU mul1mx.
by rewrite /W1 !trmx_mul trmxK trC comm -!mulmxA (mulmxA V^T V) VV mul1mx.
Qed.
End Modes.

(** ** Networks with polynomial activations *)

Module Degree.
Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.
Section Networks.
Variable F : comRingType.

Definition combine m (w : 'I_m -> F) (b : F) (u : 'I_m -> {poly F}) : {poly F} :=
  \sum_j w j *: u j + b%:P.

(** [network H m n] has H hidden layers; its units after the last are those of the output's
    combination.  Every unit has an activation of its own. *)
Inductive network : nat -> nat -> nat -> Type :=
| Empty m : network 0 m m
| Hidden H m k n of 'M[F]_(k, m) & ('I_k -> F) & ('I_k -> {poly F}) & network H k n :
    network H.+1 m n.

Fixpoint units H m n (N : network H m n) : ('I_m -> {poly F}) -> 'I_n -> {poly F} :=
  match N with
  | Empty _ => fun u => u
  | Hidden _ _ _ _ W b act rest => fun u =>
      units rest (fun i => act i \Po combine (W i) (b i) u)
  end.

Fixpoint activations_at_most d H m n (N : network H m n) : Prop :=
  match N with
  | Empty _ => True
  | Hidden _ _ _ _ _ _ act rest =>
      (forall i, size (act i) <= d.+1)%N /\ activations_at_most d rest
  end.

Lemma size_combine m (w : 'I_m -> F) b (u : 'I_m -> {poly F}) e :
  (forall j, size (u j) <= e.+1)%N -> (size (combine w b u) <= e.+1)%N.
Proof.
move=> ue; apply: leq_trans (size_add _ _) _; rewrite geq_max; apply/andP; split.
  apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => j _.
  exact: leq_trans (size_scale_leq _ _) (ue j).
exact: leq_trans (size_polyC_leq1 _) _.
Qed.

Lemma size_units d H m n (N : network H m n) e (u : 'I_m -> {poly F}) i :
  activations_at_most d N -> (forall j, size (u j) <= e.+1)%N ->
  (size (units N u i) <= (e * d ^ H).+1)%N.
Proof.
elim: N e u i => [p | h p k q W b act rest IH] e u i /=.
  by move=> _ ue; rewrite expn0 muln1.
case=> actd restd ue; rewrite expnS mulnA; apply: IH => // j.
apply: leq_trans (size_comp_poly_leq _ _) _; rewrite ltnS mulnC; apply: leq_mul.
  by rewrite -subn1 leq_subLR add1n; apply: size_combine.
by rewrite -subn1 leq_subLR add1n; apply: actd.
Qed.

(** Along the line a + t v of the input space every output is a polynomial in t of degree
    at most d ^ H, whatever the widths. *)
Theorem degree_of_network d H m n (N : network H m n) (a v : 'I_m -> F) (w : 'I_n -> F) b :
  activations_at_most d N ->
  (size (combine w b (units N (fun j => (a j)%:P + v j *: 'X)%R)) <= (d ^ H).+1)%N.
Proof.
move=> Nd; apply: size_combine => i; rewrite -[X in (_ <= X.+1)%N]mul1n; apply: size_units => // j.
apply: leq_trans (size_add _ _) _; rewrite geq_max; apply/andP; split.
  exact: leq_trans (size_polyC_leq1 _) _.
by apply: leq_trans (size_scale_leq _ _) _; rewrite size_polyX.
Qed.
End Networks.
End Degree.

(** ** A polynomial that alternates cannot be approximated *)

Module Alternation.
Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(** T takes the values 1 and -1 in turn at D + 2 points in decreasing order, as Chebyshev's
    polynomial of degree D + 1 does.  No polynomial Q of degree at most D comes nearer than 1
    to it: Q would change sign D + 1 times. *)
Theorem alternation (F : rcfType) (D : nat) (z : nat -> F) (T Q : {poly F}) :
  (forall j, (j <= D)%N -> z j.+1 < z j) ->
  (forall j, (j <= D.+1)%N -> T.[z j] = (-1) ^+ j) ->
  (size Q <= D.+1)%N ->
  exists2 j, (j <= D.+1)%N & 1 <= (-1) ^+ j * (T.[z j] - Q.[z j]).
Proof.
move=> zd Tz sQ.
case: (boolP [exists j : 'I_D.+2, 1 <= (-1) ^+ j * (T.[z j] - Q.[z j])]) => [/existsP[j] | none].
  by exists j; first by rewrite -ltnS.
have pos j : (j <= D.+1)%N -> 0 < (-1) ^+ j * Q.[z j].
  move=> jD; move: none; rewrite negb_exists => /forallP/(_ (Ordinal (jD : (j < D.+2)%N))).
  by rewrite /= -ltNge Tz // mulrBr -exprD -signr_odd addnn odd_double ltr_subl_addr cpr_add.
have zero j : (j <= D)%N -> exists2 x, z j.+1 < x < z j & root Q x.
  move=> jD; pose P := (-1) ^+ j *: Q.
  have Pl : P.[z j.+1] < 0.
    by rewrite hornerZ -oppr_gt0 -mulNr -(mulN1r (_ ^+ _)) -exprS pos.
  have Pr : 0 < P.[z j] by rewrite hornerZ pos // leqW.
  have [||x /andP[lx xr] Px] := @poly_ivt _ P (z j.+1) (z j).
  - exact: ltW (zd j jD).
  - by rewrite (ltW Pl) (ltW Pr).
  exists x; last by move: Px; rewrite rootZ // signr_eq0.
  rewrite !lt_neqAle lx xr !andbT; apply/andP; split; apply/eqP => E.
    by move: Px Pl; rewrite -E /root => /eqP ->; rewrite ltxx.
  by move: Px Pr; rewrite E /root => /eqP ->; rewrite ltxx.
have many k : (k <= D.+1)%N -> exists rs : seq F,
    [/\ size rs = k, uniq rs, all (root Q) rs & all (fun x => z k < x) rs].
  elim: k => [_|k IH kD]; first by exists [::].
  have [rs [sz un ro be]] := IH (ltnW kD).
  have [x /andP[lx xr] Qx] := zero k kD.
  exists (x :: rs); split => /=; first by rewrite sz.
  - rewrite un andbT; apply/negP => xin; move: (allP be _ xin).
    by rewrite ltNge (ltW xr).
  - by rewrite Qx.
  rewrite lx /=; apply/allP => y yin; apply: lt_trans (zd k kD) _.
  exact: (allP be).
have [rs [sz un ro _]] := many D.+1 (leqnn _).
have Q0 : Q = 0.
  apply/eqP/negPn/negP => Qn; have := max_poly_roots Qn ro un.
  by rewrite sz ltnNge sQ.
by have := pos 0%N isT; rewrite Q0 horner0 mulr0 ltxx.
Qed.
End Alternation.

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

(** At every threshold: one of the false corners scores at least what the lower of the true
    corners does. *)
Theorem xor_corners (w1 w2 b : R) :
  let z x1 x2 := w1 * x1 + w2 * x2 + b in
  Rmin (z 0 1) (z 1 0) <= Rmax (z 0 0) (z 1 1).
Proof. unfold Rmin, Rmax; repeat destruct Rle_dec; lra. Qed.

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

(** ** Chebyshev's polynomials *)

Module Chebyshev.
Import Reals Lra Lia.
Open Scope R_scope.

Fixpoint T (n : nat) (x : R) : R :=
  match n with
  | O => 1
  | S n1 => match n1 with O => x | S n2 => 2 * x * T n1 x - T n2 x end
  end.

Theorem T_cos n t : T n (cos t) = cos (INR n * t).
Proof.
  enough (H : T n (cos t) = cos (INR n * t) /\ T (S n) (cos t) = cos (INR (S n) * t))
    by apply H.
  induction n as [ | n [IH1 IH2] ].
  { cbn; split; [ now rewrite Rmult_0_l, cos_0 | now rewrite Rmult_1_l ]. }
  split; [ exact IH2 | ].
  change (T (S (S n)) (cos t)) with (2 * cos t * T (S n) (cos t) - T n (cos t)).
  rewrite IH1, IH2, !S_INR.
  replace ((INR n + 1 + 1) * t) with ((INR n + 1) * t + t) by ring.
  replace (INR n * t) with ((INR n + 1) * t - t) by ring.
  rewrite cos_plus, cos_minus; ring.
Qed.

(** The sum of e 1, ..., e D, and with half of both ends: the trapezium rule. *)
Fixpoint inner (e : nat -> R) (D : nat) : R :=
  match D with O => 0 | S D => inner e D + e (S D) end.

Definition weighted (e : nat -> R) (n : nat) : R := (e O + e n) / 2 + inner e (pred n).

Lemma weighted_next e n : (0 < n)%nat ->
  weighted e (S n) = weighted e n + (e n + e (S n)) / 2.
Proof. destruct n; [ lia | intros _; unfold weighted; cbn [pred inner]; field ]. Qed.

Lemma weighted_one e : weighted e 1 = (e O + e 1%nat) / 2.
Proof. unfold weighted; cbn; ring. Qed.

Lemma weighted_ext e f n : (forall j, e j = f j) -> weighted e n = weighted f n.
Proof.
  intro E; unfold weighted; rewrite !E; f_equal.
  induction (pred n) as [ | m IH ]; [ reflexivity | cbn; now rewrite IH, E ].
Qed.

Lemma weighted_combine a b e f n :
  weighted (fun j => a * e j + b * f j) n = a * weighted e n + b * weighted f n.
Proof.
  unfold weighted.
  assert (I : forall m, inner (fun j => a * e j + b * f j) m = a * inner e m + b * inner f m).
  { induction m as [ | m IH ]; cbn; [ ring | rewrite IH; ring ]. }
  rewrite I; field.
Qed.

Lemma weighted_const n : (0 < n)%nat -> weighted (fun _ => 1) n = INR n.
Proof.
  intro n0; induction n as [ | n IH ]; [ lia | ].
  destruct n; [ rewrite weighted_one; cbn; field | ].
  rewrite weighted_next, IH by lia; rewrite (S_INR (S n)); field.
Qed.

(** Sums of cosines telescope. *)
Lemma weighted_cos h n : (0 < n)%nat ->
  2 * sin h * weighted (fun j => cos (INR j * (2 * h))) n = sin (INR n * (2 * h)) * cos h.
Proof.
  assert (step : forall B, sin h * (cos (B - h) + cos (B + h)) =
    (sin (B + h) - sin (B - h)) * cos h)
    by (intro; rewrite cos_plus, cos_minus, sin_plus, sin_minus; ring).
  intro n0; induction n as [ | n IH ]; [ lia | ].
  assert (ends : forall m, INR m * (2 * h) = (INR m * (2 * h) + h) - h /\
    INR (S m) * (2 * h) = (INR m * (2 * h) + h) + h) by (intro; rewrite S_INR; split; ring).
  destruct (ends n) as [L U]; pose proof (step (INR n * (2 * h) + h)) as E.
  rewrite <- L, <- U in E; destruct n as [ | n ].
  - rewrite weighted_one.
    replace (sin (INR 0 * (2 * h))) with 0 in E
      by (cbn; rewrite Rmult_0_l; symmetry; apply sin_0).
    lra.
  - rewrite weighted_next, Rmult_plus_distr_l, IH by lia; lra.
Qed.

Lemma cos_turns j a : cos (INR j * PI + a) = (-1) ^ j * cos a.
Proof.
  induction j as [ | j IH ]; [ cbn; rewrite Rmult_0_l, Rplus_0_l; ring | ].
  rewrite S_INR; replace ((INR j + 1) * PI + a) with (INR j * PI + a + PI) by ring.
  rewrite neg_cos, IH; cbn [pow]; ring.
Qed.

Lemma sin_turns j : sin (INR j * PI) = 0.
Proof.
  induction j as [ | j IH ]; [ cbn; rewrite Rmult_0_l; apply sin_0 | ].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, neg_sin, IH; ring.
Qed.

Section Nodes.
Variable D : nat.

Definition angle (j : nat) : R := INR j * PI / INR (S D).
Definition node (j : nat) : R := cos (angle j).

Lemma size_positive : 0 < INR (S D).
Proof. apply lt_0_INR; lia. Qed.

Lemma alternating_cos m : (m <= D)%nat ->
  weighted (fun j => (-1) ^ j * cos (INR m * angle j)) (S D) = 0.
Proof.
  intro mD; pose proof size_positive as n0; pose proof PI_RGT_0 as pi0.
  set (h := (PI + INR m * PI / INR (S D)) / 2).
  assert (range : 0 <= INR m / INR (S D) < 1).
  { pose proof (pos_INR m); split.
    - apply Rmult_le_pos; [ assumption | left; now apply Rinv_0_lt_compat ].
    - apply Rmult_lt_reg_r with (INR (S D)); [ assumption | ].
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
      apply lt_INR; lia. }
  assert (hm : h = PI / 2 + INR m / INR (S D) * (PI / 2)) by (unfold h; field; lra).
  assert (up : INR m / INR (S D) * (PI / 2) < 1 * (PI / 2))
    by (apply Rmult_lt_compat_r; lra).
  assert (low : 0 <= INR m / INR (S D) * (PI / 2)) by (apply Rmult_le_pos; lra).
  assert (s0 : 0 < sin h) by (apply sin_gt_0; lra).
  pose proof (weighted_cos h (S D) ltac:(lia)) as E.
  replace (INR (S D) * (2 * h)) with (INR (S D + m) * PI) in E
    by (rewrite plus_INR; unfold h; field; lra).
  rewrite sin_turns, Rmult_0_l in E; apply Rmult_integral in E.
  rewrite (weighted_ext _ (fun j => cos (INR j * (2 * h)))); [ lra | ].
  intro j; rewrite <- cos_turns; f_equal; unfold h, angle; field; lra.
Qed.

Lemma alternating_products k m : (k + m <= D)%nat ->
  weighted (fun j => (-1) ^ j * (node j ^ k * cos (INR m * angle j))) (S D) = 0.
Proof.
  revert m; induction k as [ | k IH ]; intros m kD.
  { rewrite (weighted_ext _ (fun j => (-1) ^ j * cos (INR m * angle j)))
      by (intro; cbn [pow]; ring).
    apply alternating_cos; lia. }
  destruct m as [ | m ].
  - rewrite <- (IH 1%nat) by lia; apply weighted_ext; intro j; cbn [INR pow].
    rewrite Rmult_0_l, cos_0, Rmult_1_l; unfold node; ring.
  - rewrite (weighted_ext _ (fun j =>
      / 2 * ((-1) ^ j * (node j ^ k * cos (INR (S (S m)) * angle j))) +
      / 2 * ((-1) ^ j * (node j ^ k * cos (INR m * angle j))))).
    + rewrite (weighted_combine (/ 2) (/ 2)
        (fun j => (-1) ^ j * (node j ^ k * cos (INR (S (S m)) * angle j)))
        (fun j => (-1) ^ j * (node j ^ k * cos (INR m * angle j)))).
      rewrite !IH by lia; ring.
    + intro j; rewrite !S_INR.
      replace ((INR m + 1 + 1) * angle j) with ((INR m + 1) * angle j + angle j) by ring.
      replace (INR m * angle j) with ((INR m + 1) * angle j - angle j) by ring.
      rewrite cos_plus, cos_minus; unfold node; cbn [pow]; field.
Qed.

Definition polynomial (c : nat -> R) (d : nat) (x : R) : R :=
  sum_f_R0 (fun k => c k * x ^ k) d.

Lemma alternating_polynomial c d : (d <= D)%nat ->
  weighted (fun j => (-1) ^ j * polynomial c d (node j)) (S D) = 0.
Proof.
  assert (power : forall k, (k <= D)%nat ->
    weighted (fun j => (-1) ^ j * node j ^ k) (S D) = 0).
  { intros k kD; rewrite <- (alternating_products k 0) by lia.
    apply weighted_ext; intro j; cbn [INR]; rewrite Rmult_0_l, cos_0; ring. }
  unfold polynomial; induction d as [ | d IH ]; intro dD.
  - rewrite (weighted_ext _ (fun j => c O * ((-1) ^ j * node j ^ 0) + 0 * 0))
      by (intro; cbn; ring).
    rewrite (weighted_combine (c O) 0 (fun j => (-1) ^ j * node j ^ 0) (fun _ => 0)).
    rewrite power by lia; ring.
  - rewrite (weighted_ext _ (fun j =>
      1 * ((-1) ^ j * sum_f_R0 (fun k => c k * node j ^ k) d) +
      c (S d) * ((-1) ^ j * node j ^ S d))) by (intro; cbn [sum_f_R0]; ring).
    rewrite (weighted_combine 1 (c (S d))
      (fun j => (-1) ^ j * sum_f_R0 (fun k => c k * node j ^ k) d)
      (fun j => (-1) ^ j * node j ^ S d)).
    rewrite IH, power by lia; ring.
Qed.

(** The signed distances of any polynomial of degree at most D from Chebyshev's polynomial
    of degree D + 1 at the D + 2 nodes have the weighted mean 1. *)
Theorem signed_distances c :
  let e j := (-1) ^ j * (T (S D) (node j) - polynomial c D (node j)) in
  (e O + e (S D)) / 2 + inner e D = INR (S D).
Proof.
  intro e; change (weighted e (S D) = INR (S D)); pose proof size_positive as n0.
  rewrite (weighted_ext e
    (fun j => 1 * 1 + -1 * ((-1) ^ j * polynomial c D (node j)))).
  - rewrite (weighted_combine 1 (-1) (fun _ => 1)
      (fun j => (-1) ^ j * polynomial c D (node j))).
    rewrite weighted_const, alternating_polynomial by lia; ring.
  - intro j; unfold e; unfold node at 1; rewrite T_cos.
    replace (INR (S D) * angle j) with (INR j * PI + 0) by (unfold angle; field; lra).
    rewrite cos_turns, cos_0, Rmult_1_r, Rmult_minus_distr_l.
    replace ((-1) ^ j * (-1) ^ j) with 1; [ ring | ].
    rewrite <- Rpow_mult_distr; replace (-1 * -1) with 1 by ring; now rewrite pow1.
Qed.
End Nodes.
End Chebyshev.

(** ** From exponentials to networks that approximate them *)

Module Ridge.
Import Reals Lra.
Open Scope R_scope.
(** Sums over k = 0, ..., n: as many terms as one likes, but at least one. *)
Theorem exchange (E g : R -> R) (c r : nat -> R) (n : nat) :
  Rabs (sum_f_R0 (fun k => c k * E (r k)) n - sum_f_R0 (fun k => c k * g (r k)) n) <=
  sum_f_R0 (fun k => Rabs (c k) * Rabs (E (r k) - g (r k))) n.
Proof.
  rewrite <- minus_sum.
  eapply Rle_trans; [ apply Rsum_abs | ].
  apply sum_Rle; intros k _.
  now rewrite <- Rmult_minus_distr_l, Rabs_mult; apply Rle_refl.
Qed.
End Ridge.

(** ** Differences of a smooth activation *)

Module Differences.
Import Reals Lra Lia.
Open Scope R_scope.

(** The m-fold forward difference of phi at u with step d. *)
Fixpoint difference (m : nat) (d : R) (phi : R -> R) (u : R) : R :=
  match m with
  | O => phi u
  | S m => difference m d (fun v => phi (v + d) - phi v) u
  end.

(** Its weights, as on the page. *)
Definition weight (m j : nat) : R :=
  if (j <=? m)%nat then (-1) ^ (m - j) * Binomial.C m j else 0.

Lemma weight_first m : weight (S m) 0 = - weight m 0.
Proof.
  unfold weight; cbn [Nat.leb]; rewrite !Nat.sub_0_r; cbn [pow].
  assert (one : forall n, Binomial.C n 0 = 1).
  { intro n; unfold Binomial.C; rewrite Nat.sub_0_r; cbn [fact INR]; field; apply INR_fact_neq_0. }
  rewrite !one; ring.
Qed.

Lemma weight_next m j : weight (S m) (S j) = weight m j - weight m (S j).
Proof.
  unfold weight.
  assert (full : forall n, Binomial.C n n = 1).
  { intro n; unfold Binomial.C; rewrite Nat.sub_diag; cbn [fact INR]; field; apply INR_fact_neq_0. }
  destruct (Nat.leb_spec (S j) (S m)), (Nat.leb_spec j m), (Nat.leb_spec (S j) m);
    try lia; try ring.
  - rewrite <- (pascal m j) by lia.
    replace (S m - S j)%nat with (S (m - S j)) by lia.
    replace (m - j)%nat with (S (m - S j)) by lia; cbn [pow]; ring.
  - replace j with m by lia; rewrite !full, !Nat.sub_diag; ring.
Qed.

Lemma weight_last m : weight m (S m) = 0.
Proof. unfold weight; destruct (Nat.leb_spec (S m) m); [ lia | reflexivity ]. Qed.

Lemma difference_sum m d phi u :
  difference m d phi u = sum_f_R0 (fun j => weight m j * phi (u + INR j * d)) m.
Proof.
  revert phi; induction m as [ | m IH ]; intro phi.
  { cbn. unfold weight, Binomial.C; cbn. replace (u + 0 * d) with u by ring; field. }
  cbn [difference]; rewrite IH.
  rewrite (decomp_sum _ (S m)) by lia; cbn [pred]; rewrite weight_first.
  assert (shift : forall j, u + INR (S j) * d = u + INR j * d + d)
    by (intro; rewrite S_INR; ring).
  rewrite (sum_eq (fun i => weight (S m) (S i) * phi (u + INR (S i) * d))
    (fun i => weight m i * phi (u + INR i * d + d) - weight m (S i) * phi (u + INR (S i) * d)) m)
    by (intros; rewrite weight_next, shift; ring).
  rewrite minus_sum.
  rewrite (sum_eq (fun j => weight m j * (phi (u + INR j * d + d) - phi (u + INR j * d)))
    (fun j => weight m j * phi (u + INR j * d + d) - weight m j * phi (u + INR j * d)) m)
    by (intros; ring).
  rewrite minus_sum.
  assert (whole : sum_f_R0 (fun j => weight m j * phi (u + INR j * d)) m =
    weight m 0 * phi (u + INR 0 * d) +
    sum_f_R0 (fun i => weight m (S i) * phi (u + INR (S i) * d)) m).
  { transitivity (sum_f_R0 (fun j => weight m j * phi (u + INR j * d)) (S m)).
    - cbn [sum_f_R0]; rewrite weight_last; ring.
    - now rewrite (decomp_sum _ (S m)) by lia. }
  rewrite whole; ring.
Qed.

(** f k is the derivative of order k. *)
Definition derivatives (f : nat -> R -> R) : Prop :=
  forall k t, derivable_pt_lim (f k) t (f (S k) t).

Lemma difference_mean_value m f d u : 0 < d -> derivatives f ->
  exists xi, u <= xi <= u + INR m * d /\ difference m d (f O) u = d ^ m * f m xi.
Proof.
  intro d0; revert f; induction m as [ | m IH ]; intros f df.
  { exists u; cbn; split; [ lra | ring ]. }
  set (g := fun k v => f k (v + d) - f k v).
  assert (dg : derivatives g).
  { intros k t; unfold g; apply (derivable_pt_lim_minus (fun v => f k (v + d)) (f k));
      [ | apply df ].
    replace (f (S k) (t + d)) with (f (S k) (t + d) * (1 + 0)) by ring.
    apply (derivable_pt_lim_comp (fun v => v + d) (f k)); [ | apply df ].
    apply (derivable_pt_lim_plus (fun v => v) (fun _ => d));
      [ apply derivable_pt_lim_id | apply derivable_pt_lim_const ]. }
  destruct (IH g dg) as (x & X & E).
  destruct (MVT_cor2 (f m) (f (S m)) x (x + d)) as (xi & F & Z); [ lra | intros; apply df | ].
  exists xi; split; [ rewrite S_INR; lra | ].
  cbn [difference]; change (fun v => f O (v + d) - f O v) with (g O); rewrite E; unfold g.
  rewrite F; cbn [pow]; ring.
Qed.

(** The network with m + 1 units of the page; sigma 0 is the activation. *)
Definition units (sigma : R -> R) (m : nat) (theta x d : R) : R :=
  1 / d ^ m * sum_f_R0 (fun j => weight m j * sigma (theta + INR j * d * x)) m.

Lemma units_mean_value sigma m theta x d : 0 < d -> derivatives sigma ->
  exists xi, 0 <= xi <= INR m * d /\
    units (sigma O) m theta x d = x ^ m * sigma m (theta + xi * x).
Proof.
  intros d0 ds.
  set (f := fun k u => x ^ k * sigma k (theta + u * x)).
  assert (df : derivatives f).
  { intros k t; unfold f.
    replace (x ^ S k * sigma (S k) (theta + t * x))
      with (x ^ k * (sigma (S k) (theta + t * x) * (0 + (1 * x + t * 0)))) by (cbn [pow]; ring).
    apply (derivable_pt_lim_scal (fun u => sigma k (theta + u * x))).
    apply (derivable_pt_lim_comp (fun u => theta + u * x) (sigma k)); [ | apply ds ].
    apply (derivable_pt_lim_plus (fun _ => theta) (fun u => u * x));
      [ apply derivable_pt_lim_const | ].
    apply (derivable_pt_lim_mult (fun u => u) (fun _ => x));
      [ apply derivable_pt_lim_id | apply derivable_pt_lim_const ]. }
  destruct (difference_mean_value m f d 0 d0 df) as (xi & X & E).
  exists xi; split; [ lra | ].
  unfold units; rewrite difference_sum in E.
  rewrite (sum_eq _ (fun j => weight m j * f O (0 + INR j * d))).
  - rewrite E; unfold f; field; apply pow_nonzero; lra.
  - intros j _; unfold f; cbn [pow]; rewrite Rmult_1_l; do 2 f_equal; ring.
Qed.

Lemma units_tend_from_above sigma m theta B : derivatives sigma -> 0 <= B ->
  forall eps, 0 < eps -> exists d0, 0 < d0 /\
  forall d x, 0 < d < d0 -> Rabs x <= B ->
    Rabs (units (sigma O) m theta x d - x ^ m * sigma m theta) < eps.
Proof.
  intros ds B0 eps e0.
  assert (P : 0 <= B ^ m) by now apply pow_le.
  assert (cont : continuity_pt (sigma m) theta)
    by (apply derivable_continuous_pt; exists (sigma (S m) theta); apply ds).
  destruct (cont (eps / (B ^ m + 1))) as (r & r0 & near).
  { apply Rdiv_lt_0_compat; lra. }
  pose proof (pos_INR m) as m0.
  exists (r / (INR m * B + 1)); split.
  { apply Rdiv_lt_0_compat; [ lra | ]. pose proof (Rmult_le_pos _ _ m0 B0); lra. }
  intros d x (d0 & dr) xB.
  destruct (units_mean_value sigma m theta x d d0 ds) as (xi & X & ->).
  rewrite <- Rmult_minus_distr_l, Rabs_mult, <- RPow_abs.
  assert (pw : Rabs x ^ m <= B ^ m) by (apply pow_incr; split; [ apply Rabs_pos | assumption ]).
  assert (close : Rabs (sigma m (theta + xi * x) - sigma m theta) < eps / (B ^ m + 1)).
  { destruct (Req_dec (xi * x) 0) as [ Z | Z ].
    { rewrite Z, Rplus_0_r, Rminus_diag_eq, Rabs_R0 by reflexivity.
      apply Rdiv_lt_0_compat; lra. }
    apply near; split.
    - split; [ exact I | intro F; apply Z; lra ].
    - unfold dist; cbn; unfold R_dist.
      replace (theta + xi * x - theta) with (xi * x) by ring.
      rewrite Rabs_mult, (Rabs_pos_eq xi) by lra.
      apply Rle_lt_trans with (INR m * d * B).
      + apply Rmult_le_compat; [ lra | apply Rabs_pos | lra | assumption ].
      + apply Rle_lt_trans with (d * (INR m * B)); [ lra | ].
        pose proof (Rmult_le_pos _ _ m0 B0) as mB.
        apply Rle_lt_trans with (d * (INR m * B + 1)); [ lra | ].
        apply Rlt_le_trans with (r / (INR m * B + 1) * (INR m * B + 1)).
        * apply Rmult_lt_compat_r; lra.
        * right; field; lra. }
  apply Rle_lt_trans with (B ^ m * (eps / (B ^ m + 1))).
  - apply Rmult_le_compat; [ apply pow_le, Rabs_pos | apply Rabs_pos | assumption | lra ].
  - apply Rlt_le_trans with ((B ^ m + 1) * (eps / (B ^ m + 1))).
    + apply Rmult_lt_compat_r; [ apply Rdiv_lt_0_compat | ]; lra.
    + right; field; lra.
Qed.

Lemma units_reflected sigma m theta x d : d <> 0 ->
  units sigma m theta x d = (-1) ^ m * units sigma m theta (- x) (- d).
Proof.
  intro dn; unfold units.
  replace (- d) with (-1 * d) by ring; rewrite Rpow_mult_distr.
  rewrite (sum_eq (fun j => weight m j * sigma (theta + INR j * (-1 * d) * - x))
    (fun j => weight m j * sigma (theta + INR j * d * x)))
    by (intros; do 2 f_equal; ring).
  field; split; [ apply pow_nonzero; exact dn | apply pow_nonzero; lra ].
Qed.

(** Uniformly on every interval around zero the network tends to x ^ m times the derivative
    of order m, as the step tends to zero from either side. *)
Theorem units_tend_to_power sigma m theta B : derivatives sigma -> 0 <= B ->
  forall eps, 0 < eps -> exists d0, 0 < d0 /\
  forall d x, 0 < Rabs d < d0 -> Rabs x <= B ->
    Rabs (units (sigma O) m theta x d - x ^ m * sigma m theta) < eps.
Proof.
  intros ds B0 eps e0.
  destruct (units_tend_from_above sigma m theta B ds B0 eps e0) as (d0 & D & H).
  exists d0; split; [ assumption | intros d x (dp & dd) xB ].
  destruct (Rlt_le_dec 0 d) as [ P | N ].
  { rewrite Rabs_pos_eq in dd by lra; apply H; [ lra | assumption ]. }
  rewrite Rabs_left1 in dp, dd by assumption.
  rewrite units_reflected by lra.
  replace (x ^ m * sigma m theta) with ((-1) ^ m * ((- x) ^ m * sigma m theta)).
  - rewrite <- Rmult_minus_distr_l, Rabs_mult, <- RPow_abs.
    replace (Rabs (-1)) with 1 by (rewrite Rabs_left; lra).
    rewrite pow1, Rmult_1_l; apply H; [ lra | now rewrite Rabs_Ropp ].
  - rewrite <- Rmult_assoc, <- Rpow_mult_distr; do 2 f_equal; ring.
Qed.
End Differences.

(** ** The interpolant as a network *)

Module Interpolant.
Import Reals Lra Lia.
Open Scope R_scope.

Definition relu (x : R) : R := Rmax 0 x.

Section Network.
Variables (f : R -> R) (p : nat -> R).
Hypothesis increasing : forall k, p k < p (S k).

(** The slope of the piece that ends at p k, zero before the first knot: m_(k-1) on the page. *)
Definition before (k : nat) : R :=
  match k with
  | O => 0
  | S k => (f (p (S k)) - f (p k)) / (p (S k) - p k)
  end.

(** The network with n rectified units. *)
Fixpoint network (n : nat) (x : R) : R :=
  match n with
  | O => f (p O)
  | S n => network n x + (before (S n) - before n) * relu (x - p n)
  end.

Lemma monotone j k : (j <= k)%nat -> p j <= p k.
Proof.
  induction 1 as [ | k _ IH ]; [ lra | pose proof (increasing k); lra ].
Qed.

Lemma beyond n x : p n <= x -> network n x = f (p n) + before n * (x - p n).
Proof.
  induction n as [ | n IH ]; intro L; [ cbn; ring | ].
  pose proof (increasing n); cbn [network]; rewrite IH by lra.
  unfold relu; rewrite Rmax_right by lra; cbn [before]; field; lra.
Qed.

Lemma silent n k x : (k <= n)%nat -> x <= p k -> network n x = network k x.
Proof.
  induction 1 as [ | n L IH ]; intro X; [ reflexivity | ].
  cbn [network]; rewrite IH by assumption; pose proof (monotone k n L).
  unfold relu; rewrite Rmax_left by lra; ring.
Qed.

(** On each piece the network is the chord; at its ends, therefore, it equals f. *)
Theorem network_interpolates n k lambda : (k < n)%nat -> 0 <= lambda <= 1 ->
  network n (p k + lambda * (p (S k) - p k)) = (1 - lambda) * f (p k) + lambda * f (p (S k)).
Proof.
  intros kn L; pose proof (increasing k).
  assert (X : p k <= p k + lambda * (p (S k) - p k) <= p (S k)).
  { pose proof (Rmult_le_compat_r (p (S k) - p k) _ _ ltac:(lra) (proj2 L)).
    assert (G : 0 <= p (S k) - p k) by lra.
    pose proof (Rmult_le_pos _ _ (proj1 L) G); lra. }
  rewrite (silent n (S k)) by first [ lia | lra ]; cbn [network].
  rewrite beyond by lra; unfold relu; rewrite Rmax_right by lra; cbn [before]; field; lra.
Qed.
End Network.
End Interpolant.

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
Print Assumptions Collapse.one_layer_more.
Print Assumptions Collapse.collapse_rank.
Print Assumptions Collapse.rank_of_widths.
Print Assumptions Modes.balanced_layers.
Print Assumptions Degree.degree_of_network.
Print Assumptions Alternation.alternation.

(** The axioms of all at once: to print them one by one takes twenty times as long. *)
Definition theorems := (
  @ExclusiveOr.xor_not_affinely_separable,
  @ExclusiveOr.xor_corners,
  @ExclusiveOr.xor_not_affine,
  @ExclusiveOr.xor_not_one_hidden_unit,
  @ExclusiveOr.xor_not_one_relu,
  @ExclusiveOr.relu_network_computes_xor,
  @ExclusiveOr.best_affine_fit,
  @Chebyshev.T_cos,
  @Chebyshev.signed_distances,
  @Ridge.exchange,
  @Differences.units_tend_to_power,
  @Interpolant.network_interpolates,
  @Interpolation.interpolation_error_lipschitz,
  @Interpolation.interpolation_error_smooth).

Print Assumptions theorems.
