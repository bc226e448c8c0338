(** * Convolution

    What is proved here, over any commutative ring and any finite abelian group G of
    positions.  G = Z/N gives signals on a circle of N places, G = Z/N x Z/M images on
    a torus; both are spelt out at the end.

    - convolution is commutative, associative and bilinear, with the unit delta;
    - it commutes with every translation, and every linear map that does is one;
    - correlation is convolution with the kernel turned round, and is the adjoint of
      convolution (that is what its backward pass computes);
    - a character of G, such as a |-> w^(f a) with w^N = 1, turns convolution into
      multiplication: the convolution theorem of the discrete Fourier transform;
    - and three facts about kernels: separable means rank one, the size of the output, and
      the rate at which gradient descent finds a kernel.

    No axiom is used. *)

From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Convolution.
Variables (R : comRingType) (G : finZmodType).

(** A signal gives a number to every position ([R^o] is R, seen as a module over
    itself, so that signals can be added and scaled). *)
Notation signal := {ffun G -> R^o}.
Implicit Types (x y k : signal) (a s : G).

Definition convolve k x : signal := [ffun a => \sum_b k b * x (a - b)].
Definition correlate k x : signal := [ffun a => \sum_b k b * x (a + b)].
Definition translate s x : signal := [ffun a => x (a - s)].
Definition flip k : signal := [ffun a => k (- a)].
Definition delta : signal := [ffun a => (a == 0)%:R].
Definition inner x y : R := \sum_a x a * y a.

Theorem convolve_commutative k x : convolve k x = convolve x k.
Proof.
apply/ffunP => a; rewrite !ffunE (reindex_inj (inv_inj (subKr a))) /=.
by apply: eq_bigr => b _; rewrite mulrC opprB addrC subrK.
Qed.

Theorem convolve_delta x : convolve delta x = x.
Proof.
apply/ffunP => a; rewrite !ffunE (bigD1 0) //= ffunE eqxx mul1r subr0.
by rewrite big1 ?addr0 // => b /negbTE nz; rewrite ffunE nz mul0r.
Qed.

Theorem convolve_associative k h x :
  convolve k (convolve h x) = convolve (convolve k h) x.
Proof.
apply/ffunP => a; rewrite !ffunE.
under eq_bigr do rewrite ffunE big_distrr /=.
under [RHS]eq_bigr do rewrite ffunE big_distrl /=.
rewrite [RHS]exchange_big /=; apply: eq_bigr => b _.
rewrite [RHS](reindex_inj (addIr b)) /=; apply: eq_bigr => c _.
by rewrite mulrA addrK opprD addrA addrAC.
Qed.

Theorem convolve_linear (c : R) k x y :
  convolve k (c *: x + y) = c *: convolve k x + convolve k y.
Proof.
apply/ffunP => a; rewrite !ffunE /GRing.scale /= big_distrr -big_split /=.
by apply: eq_bigr => b _; rewrite !ffunE mulrDr mulrCA.
Qed.

Theorem convolve_translate s k x :
  convolve k (translate s x) = translate s (convolve k x).
Proof.
apply/ffunP => a; rewrite !ffunE.
by apply: eq_bigr => b _; rewrite ffunE addrAC.
Qed.

(** The other way round: a linear map that commutes with all translations is the
    convolution with its answer to the unit impulse.  For x is the sum of its own
    impulses, x = sum_s x(s) translate(s, delta). *)
Lemma signal_of_impulses x : x = \sum_s x s *: translate s delta.
Proof.
apply/ffunP => a; rewrite sum_ffunE (bigD1 a) //= !ffunE subrr eqxx /GRing.scale /= mulr1.
rewrite big1 ?addr0 // => s sa.
by rewrite !ffunE /GRing.scale /= subr_eq0 eq_sym (negbTE sa) mulr0.
Qed.

Theorem equivariant_is_convolution (T : {linear signal -> signal}) :
  (forall s x, T (translate s x) = translate s (T x)) ->
  forall x, T x = convolve (T delta) x.
Proof.
move=> equivariant x; rewrite convolve_commutative.
apply/ffunP => a; rewrite {1}[x]signal_of_impulses linear_sum sum_ffunE ffunE.
by apply: eq_bigr => s _; rewrite linearZ equivariant !ffunE.
Qed.

Theorem correlate_is_convolve_flip k x : correlate k x = convolve (flip k) x.
Proof.
apply/ffunP => a; rewrite !ffunE (reindex_inj oppr_inj) /=.
by apply: eq_bigr => b _; rewrite ffunE.
Qed.

(** The kernel of such a map is unique. *)
Theorem kernel_unique k h : (forall x, convolve k x = convolve h x) -> k = h.
Proof.
move=> same; have := same delta.
by rewrite !(convolve_commutative _ delta) !convolve_delta.
Qed.

(** Correlation has no commutative and no associative law; it has these. *)
Theorem correlate_reversed k x a : correlate k x a = correlate x k (- a).
Proof.
rewrite !ffunE (reindex_inj (addrI (- a))) /=; apply: eq_bigr => b _.
by rewrite addNKr mulrC.
Qed.

Theorem correlate_twice k h x : correlate k (correlate h x) = correlate (convolve k h) x.
Proof.
rewrite !correlate_is_convolve_flip convolve_associative; congr convolve.
apply/ffunP => a; rewrite !ffunE (reindex_inj oppr_inj) /=.
by apply: eq_bigr => b _; rewrite !ffunE !opprK opprD.
Qed.

(** Backward pass of y = correlate k x with cotangent g: convolve k g for the image,
    and the correlation of g with x for the kernel. *)
Theorem correlate_adjoint k x g :
  inner (correlate k x) g = inner x (convolve k g).
Proof.
rewrite /inner; under eq_bigr do rewrite ffunE big_distrl /=.
rewrite exchange_big /=; under [RHS]eq_bigr do rewrite ffunE big_distrr /=.
rewrite [RHS]exchange_big /=; apply: eq_bigr => b _.
rewrite [RHS](reindex_inj (addIr b)) /=; apply: eq_bigr => a _.
by rewrite addrK -mulrA mulrCA.
Qed.

Theorem correlate_kernel_adjoint k x g :
  inner (correlate k x) g = inner k (correlate g x).
Proof.
rewrite /inner; under eq_bigr do rewrite ffunE big_distrl /=.
rewrite exchange_big /=; apply: eq_bigr => b _.
rewrite ffunE big_distrr /=; apply: eq_bigr => a _.
by rewrite -mulrA [x _ * _]mulrC addrC.
Qed.

(** ** Fourier transform *)

(** A character turns the addition of positions into multiplication. *)
Definition character (chi : G -> R) := forall a b, chi (a + b) = chi a * chi b.
Definition transform (chi : G -> R) x : R := \sum_a x a * chi a.

Theorem transform_convolve chi k x : character chi ->
  transform chi (convolve k x) = transform chi k * transform chi x.
Proof.
move=> chiD; rewrite /transform big_distrl /=.
under eq_bigr do rewrite ffunE big_distrl /=.
rewrite exchange_big /=; apply: eq_bigr => b _.
rewrite big_distrr /= (reindex_inj (addIr b)) /=; apply: eq_bigr => a _.
by rewrite addrK chiD -!mulrA; congr (_ * _); rewrite [RHS]mulrCA; congr (_ * _); rewrite mulrC.
Qed.

Theorem transform_correlate chi k x : character chi ->
  transform chi (correlate k x) = (\sum_a k a * chi (- a)) * transform chi x.
Proof.
move=> chiD; rewrite correlate_is_convolve_flip transform_convolve //; congr (_ * _).
rewrite /transform (reindex_inj oppr_inj) /=.
by apply: eq_bigr => a _; rewrite ffunE opprK.
Qed.
End Convolution.

(** ** Signals on Z/N and images on Z/N x Z/M, for every N, M >= 1

    ['I_n.+1] are the numbers 0, ..., n with addition modulo N = n + 1; the torus has
    their pairs for its positions. *)
Definition torus (n m : nat) := [finZmodType of ('I_n.+1 * 'I_m.+1)%type].

Section Cyclic.
Variables (R : comRingType) (n m : nat).
Notation N := n.+1.
Notation M := m.+1.

Variable w : R.
Hypothesis root_of_unity : w ^+ N = 1.

(** The sum that the chapter writes: sum over i < N of x_i w^(f i). *)
Definition dft (x : {ffun 'I_N -> R^o}) (f : nat) : R := \sum_i x i * w ^+ (f * i).

Lemma power_character f : character (fun i : 'I_N => w ^+ (f * i)).
Proof.
move=> a b; rewrite -exprD -mulnDr.
by rewrite -[LHS](expr_mod _ root_of_unity) -[RHS](expr_mod _ root_of_unity) /= modnMmr.
Qed.

Theorem dft_convolve (k x : {ffun 'I_N -> R^o}) f :
  dft (convolve k x) f = dft k f * dft x f.
Proof. exact: transform_convolve (power_character f). Qed.

Variable v : R.
Hypothesis root_of_unity_v : v ^+ M = 1.

Definition dft2 (x : {ffun torus n m -> R^o}) (f g : nat) : R :=
  \sum_a x a * (w ^+ (f * a.1) * v ^+ (g * a.2)).
End Cyclic.

Theorem dft2_convolve (R : comRingType) (n m : nat) (w v : R)
    (k x : {ffun torus n m -> R^o}) f g :
  w ^+ n.+1 = 1 -> v ^+ m.+1 = 1 ->
  dft2 w v (convolve k x) f g = dft2 w v k f g * dft2 w v x f g.
Proof.
move=> wN vM; pose chi (a : torus n m) := w ^+ (f * a.1) * v ^+ (g * a.2).
apply: (transform_convolve (chi := chi)) => a b; rewrite /chi /=.
by rewrite (power_character wN f) (power_character vM g) mulrACA.
Qed.

(** Cyclic convolution in coordinates: the sum over m < N of k_m x_(i - m mod N). *)
Theorem cyclic_convolve (R : comRingType) (n : nat) (k x : {ffun 'I_n.+1 -> R^o}) i :
  convolve k x i = \sum_(m < n.+1) k m * x (inord ((i + (n.+1 - m)) %% n.+1)).
Proof.
rewrite ffunE; apply: eq_bigr => j _; congr (_ * x _); apply: val_inj => /=.
by rewrite inordK ?ltn_pmod // modnDmr.
Qed.

(** ** Separable kernels: a kernel, read as a matrix, is a sum of r separable ones if and
    only if its rank is at most r. *)
Theorem separable_rank (F : fieldType) (m n r : nat) (k : 'M[F]_(m, n)) :
  (\rank k <= r)%N <->
  exists c d : nat -> nat -> F,
    forall (a : 'I_m) (b : 'I_n), k a b = \sum_(s < r) c s a * d s b.
Proof.
split=> [small | [c [d sums]]].
  pose c := col_base k *m (pid_mx (\rank k) : 'M_(_, r)).
  pose d := (pid_mx (\rank k) : 'M_(r, _)) *m row_base k.
  have product : k = c *m d.
    rewrite /c /d mulmxA -(mulmxA (col_base k)) mul_pid_mx minnn (minn_idPr small).
    by rewrite pid_mx_1 mulmx1 mulmx_base.
  exists (fun s a => if insub s is Some s' then if insub a is Some a' then c a' s' else 0 else 0).
  exists (fun s b => if insub s is Some s' then if insub b is Some b' then d s' b' else 0 else 0).
  move=> a b; rewrite {1}product mxE; apply: eq_bigr => s _.
  by rewrite !valK.
have -> : k = (\matrix_(a < m, s < r) c s a) *m (\matrix_(s < r, b < n) d s b).
  by apply/matrixP => a b; rewrite sums mxE; apply: eq_bigr => s _; rewrite !mxE.
exact: leq_trans (mxrankM_maxr _ _) (rank_leq_row _).
Qed.
Theorem separable_passes (R : comRingType) (m n : nat) (c d : nat -> R)
    (k x : nat -> nat -> R) :
  (forall a b, k a b = c a * d b) ->
  \sum_(a < m) \sum_(b < n) k a b * x a b = \sum_(a < m) c a * (\sum_(b < n) d b * x a b).
Proof.
move=> product; apply: eq_bigr => a _; rewrite mulr_sumr.
by apply: eq_bigr => b _; rewrite product mulrA.
Qed.

(** ** Output size: T pixels with the padding, the last weight D pixels after the first,
    stride s; the positions are counted by their first weight. *)
Theorem output_size (T D s : nat) : (0 < s)%N ->
  (\sum_(p < T.+1) (s * p + D < T) = if D < T then (T - D - 1) %/ s + 1 else 0)%N.
Proof.
move=> s_gt0; case: ltnP => [/subnKC <- | short]; last first.
  by apply: big1 => p _; rewrite ltnNge (leq_trans short) // leq_addl.
set e := (T - D.+1)%N; move: e => e {T}.
have -> : (D.+1 + e - D - 1 = e)%N by rewrite -subnDA addn1 addKn.
have place (p : nat) : (s * p + D < D.+1 + e)%N = (p < (e %/ s).+1)%N.
  by rewrite addSn !ltnS leq_divRL // mulnC addnC leq_add2l.
under eq_bigr do rewrite place.
rewrite -big_mkcond /= -(big_ord_widen _ (fun=> 1%N)) ?sum_nat_const ?card_ord ?muln1 ?addn1 //.
by rewrite ltnS (leq_trans (leq_div _ _)) ?leq_addl.
Qed.

(** ** Layers with strides, dilations and padding

    A layer collects with weights, its transpose spreads with the same weights. [place o w]
    is the pixel that the output [o] reads through the weight [w], or none, if that is
    outside the input. Nothing else about it is needed: outputs, weights and pixels may have
    any number of axes, and channels count as one more. *)
Theorem collect_spread_adjoint (R : comRingType) (O W P : finType)
    (place : O -> W -> option P) (k : W -> R) (x : P -> R) (g : O -> R) :
  \sum_o g o * (\sum_w k w * oapp x 0 (place o w)) =
  \sum_p x p * (\sum_o \sum_w (place o w == Some p)%:R * (g o * k w)).
Proof.
under eq_bigr do rewrite big_distrr /=.
under [RHS]eq_bigr do rewrite big_distrr /=.
rewrite [RHS]exchange_big /=; apply: eq_bigr => o _.
under [RHS]eq_bigr do rewrite big_distrr /=.
rewrite [RHS]exchange_big /=; apply: eq_bigr => w _.
case: (place o w) => [p | ] /=; last first.
  by rewrite !mulr0 big1 // => p _; rewrite mul0r mulr0.
rewrite (bigD1 p) //= eqxx mul1r big1 ?addr0; first by rewrite mulrA mulrC.
move=> p' other; rewrite (_ : (Some p == Some p') = false) ?mul0r ?mulr0 //.
by apply/negbTE; rewrite eq_sym.
Qed.

(** On one axis: N pixels x, zero outside; M outputs, Q weights, stride s, dilation d, and p
    zeros before the first pixel. *)
Theorem transposed_layer (R : comRingType) (N M Q s d p : nat) (k x g : nat -> R) :
  let X (a : nat) := if (p <= a)%N && (a - p < N)%N then x (a - p)%N else 0 in
  \sum_(n < M) g n * (\sum_(a < Q) k a * X (s * n + d * a)%N) =
  \sum_(m < N) x m * (\sum_(n < M) \sum_(a < Q)
                        (s * n + d * a == m + p)%N%:R * (g n * k a)).
Proof.
move=> X; pose place (n : 'I_M) (a : 'I_Q) : option 'I_N :=
  if (p <= s * n + d * a)%N then insub (s * n + d * a - p)%N else None.
have := collect_spread_adjoint place (fun a => k a) (fun m => x m) (fun n => g n).
congr (_ = _).
  apply: eq_bigr => n _; congr (_ * _); apply: eq_bigr => a _; congr (_ * _).
  rewrite /X /place; case: (leqP p) => //= _.
  by case: insubP => [m -> e | /negbTE ->] //=; rewrite e.
apply: eq_bigr => m _; congr (_ * _); apply: eq_bigr => n _; apply: eq_bigr => a _.
congr (_%:R * _); rewrite /place; case: (leqP p) => [le | lt].
  rewrite (_ : (s * n + d * a == m + p)%N = (s * n + d * a - p == m)%N); last first.
    by rewrite -[RHS](eqn_add2r p) subnK.
  case: insubP => [m' _ <- | outside]; first by rewrite (inj_eq (@Some_inj _)) -val_eqE.
  transitivity false => //; symmetry.
  by case: eqP => // e; move: outside; rewrite e ltn_ord.
transitivity false => //; symmetry.
by case: eqP => // e; move: lt; rewrite e ltnNge leq_addl.
Qed.

(** The same transpose as a convolution, with zeros put between the pixels of [g]. *)
Theorem zeros_between (R : comRingType) (M Q : nat) (s d p m : int) (k g : nat -> R) :
  let G (m : int) := \sum_(n < M) (s * n%:Z == m)%:R * g n in
  \sum_(n < M) \sum_(a < Q) (s * n%:Z + d * a%:Z - p == m)%:R * (g n * k a) =
  \sum_(a < Q) k a * G (m + p - d * a%:Z).
Proof.
rewrite exchange_big /=; apply: eq_bigr => a _; rewrite big_distrr /=.
apply: eq_bigr => n _; rewrite [RHS]mulrCA [k a * _]mulrC; congr ((nat_of_bool _)%:R * _).
by rewrite subr_eq (eq_sym _ (m + p - _)) subr_eq eq_sym.
Qed.

(** Two layers on one axis, the second after the first, with strides and dilations. *)
Theorem layers_in_a_row (R : comRingType) (Q J : nat) (s1 s2 d1 d2 n : int)
    (k l : nat -> R) (x : int -> R) :
  let eta (n : int) := \sum_(p < Q) k p * x (s1 * n + d1 * p%:Z) in
  \sum_(q < J) l q * eta (s2 * n + d2 * q%:Z) =
  \sum_(q < J) \sum_(p < Q) l q * k p * x (s1 * s2 * n + s1 * d2 * q%:Z + d1 * p%:Z).
Proof.
apply: eq_bigr => q _; rewrite big_distrr /=; apply: eq_bigr => p _.
by rewrite mulrA mulrDr !mulrA.
Qed.

(** ** Learning a kernel: gradient descent multiplies the component of the error along the
    l-th eigenvector by 1 - lambda_l / large in every step. *)
Import Order.TTheory Num.Theory.

Section Descent.
Variables (R : rcfType) (K : nat).

Theorem descent_rate (lambda epsilon : 'I_K -> R) (small large : R) (nu : nat) :
  0 < small -> (forall l, small <= lambda l <= large) ->
  Num.sqrt (\sum_l ((1 - lambda l / large) ^+ nu * epsilon l) ^+ 2) <=
  (1 - small / large) ^+ nu * Num.sqrt (\sum_l ((1 - lambda l / large) ^+ 0 * epsilon l) ^+ 2).
Proof.
move=> small_gt0 between; case: (posnP K) => [K0 | K_gt0].
  have none (F : 'I_K -> R) : \sum_l F l = 0.
    by apply: big1 => l _; have := ltn_ord l; rewrite [X in (_ < X)%N]K0.
  by rewrite !none sqrtr0 mulr0.
have l0 : 'I_K := Ordinal K_gt0.
have large_gt0 : 0 < large.
  by case/andP: (between l0) => a b; apply: lt_le_trans small_gt0 (le_trans a b).
have factor l : 0 <= 1 - lambda l / large <= 1 - small / large.
  case/andP: (between l) => a b.
  by rewrite subr_ge0 ler_pdivr_mulr // mul1r b ler_add2l ler_opp2 ler_pmul2r ?invr_gt0.
have rho_ge0 : 0 <= 1 - small / large by case/andP: (factor l0); apply: le_trans.
rewrite -[X in X * _]ger0_norm ?exprn_ge0 // -sqrtr_sqr -sqrtrM ?sqr_ge0 // ler_wsqrtr //.
rewrite mulr_sumr; apply: ler_sum => l _; rewrite expr0 mul1r exprMn.
case/andP: (factor l) => ge0 le; apply: ler_wpmul2r; first exact: sqr_ge0.
by rewrite ler_pexpn2r ?nnegrE ?exprn_ge0 // ler_expn2r.
Qed.
End Descent.

Print Assumptions convolve_commutative.
Print Assumptions convolve_delta.
Print Assumptions convolve_associative.
Print Assumptions convolve_linear.
Print Assumptions convolve_translate.
Print Assumptions equivariant_is_convolution.
Print Assumptions correlate_is_convolve_flip.
Print Assumptions kernel_unique.
Print Assumptions correlate_reversed.
Print Assumptions correlate_twice.
Print Assumptions correlate_adjoint.
Print Assumptions correlate_kernel_adjoint.
Print Assumptions transform_convolve.
Print Assumptions dft_convolve.
Print Assumptions dft2_convolve.
Print Assumptions cyclic_convolve.
Print Assumptions separable_rank.
Print Assumptions output_size.
Print Assumptions descent_rate.
Print Assumptions transform_correlate.
Print Assumptions separable_passes.
Print Assumptions collect_spread_adjoint.
Print Assumptions transposed_layer.
Print Assumptions zeros_between.
Print Assumptions layers_in_a_row.
