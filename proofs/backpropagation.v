(** * Backpropagation

    What is proved here: reverse accumulation computes the gradient.  Precisely, for
    every straight-line program (a list of steps, each of which applies a primitive of
    two arguments to values computed before it), if every primitive is differentiable
    where the program evaluates it, then the adjoints that one backward sweep produces
    are the partial derivatives of the program's output with respect to every input.
    Since any expression is such a program, and a primitive of one argument ignores
    its second, this covers every graph, shared subexpressions included.

    The primitives of the chapter (sums, products, quotients, exp, ...) are shown to be
    differentiable, and the gradients of the course notes' three exercises are proved,
    two of which the notes had wrong.

    Then the same for graphs of operations of any number of arguments, in the book's own
    terms, with the sum over paths and the triangular system; the generalised delta rule; the
    size of the signals; and the two ways to check a gradient, the central difference and the
    complex step.

    The only axioms are those of Coq's real numbers. *)

Require Import Reals Lra Lia List.
From Coquelicot Require Import Coquelicot.
From Dlnotes Require Import finite_sums.
Import ListNotations.
Open Scope R_scope.

(** ** Programs *)

(** A primitive is a function of two arguments together with its two partial
    derivatives, given as formulas. *)
Record primitive := Primitive {
  value : R -> R -> R;
  partial1 : R -> R -> R;
  partial2 : R -> R -> R
}.

(** A step applies a primitive to the values in two earlier places.  Memory is a
    function from places to values; a program that starts with n filled places writes
    its steps' values to the places n, n+1, n+2, ... *)
Record step := Step { op : primitive; left : nat; right : nat }.
Definition program := list step.
Definition memory := nat -> R.

Definition store (m : memory) (n : nat) (a : R) : memory :=
  fun i => if Nat.eqb i n then a else m i.

Definition evaluate (s : step) (m : memory) : R := value (op s) (m (left s)) (m (right s)).

(** Forward sweep. *)
Fixpoint run (P : program) (n : nat) (m : memory) : memory :=
  match P with
  | [] => m
  | s :: rest => run rest (S n) (store m n (evaluate s m))
  end.

(** Backward sweep.  [adjoints P n m c] takes the adjoints c of the final memory to the
    adjoints of the first n places: each step hands its own adjoint, multiplied by its
    local partial derivatives, to the places that it read. *)
Fixpoint adjoints (P : program) (n : nat) (m : memory) (c : memory) : memory :=
  match P with
  | [] => c
  | s :: rest =>
      let c' := adjoints rest (S n) (store m n (evaluate s m)) c in
      fun i => c' i
        + c' n * (kronecker i (left s) * partial1 (op s) (m (left s)) (m (right s)))
        + c' n * (kronecker i (right s) * partial2 (op s) (m (left s)) (m (right s)))
  end.

(** A primitive is differentiable at (x, y) with the partials that it states. *)
Definition sound_at (f : primitive) (x y : R) : Prop :=
  differentiable_pt_lim (value f) x y (partial1 f x y) (partial2 f x y).

(** Steps read only what is already there, and primitives are differentiable where
    they are evaluated. *)
Fixpoint regular (P : program) (n : nat) (m : memory) : Prop :=
  match P with
  | [] => True
  | s :: rest =>
      (left s < n)%nat /\ (right s < n)%nat /\
      sound_at (op s) (m (left s)) (m (right s)) /\
      regular rest (S n) (store m n (evaluate s m))
  end.

(** ** Reverse accumulation gives the gradient *)

(** Let the memory move along a curve.  Then a weighted sum of the final memory moves
    with the speed sum_i (adjoint i) (speed of place i).  This is the invariant of the
    backward sweep; it is proved for all curves at once because a step turns a curve in
    n places into a curve in n + 1 places. *)
Lemma adjoint_invariant P : forall n (curve : R -> memory) (speed : memory) t c,
  regular P n (curve t) ->
  (forall i, (i < n)%nat -> is_derive (fun u => curve u i) t (speed i)) ->
  is_derive (fun u => sum (length P + n)%nat (fun i => c i * run P n (curve u) i)) t
    (sum n (fun i => adjoints P n (curve t) c i * speed i)).
Proof.
  induction P as [| s rest IH]; intros n curve speed t c reg D; simpl.
  - (* no step: the sum is differentiated term by term *)
    clear reg; induction n as [| n IHn]; simpl.
    + exact (is_derive_const 0 t).
    + apply (is_derive_plus (fun u => sum n (fun i => c i * curve u i))
        (fun u => c n * curve u n)).
      * apply IHn; intros; apply D; lia.
      * apply (is_derive_scal (fun u => curve u n) t (c n)), D; lia.
  - destruct reg as (Hl & Hr & sound & reg).
    set (d1 := partial1 (op s) (curve t (left s)) (curve t (right s))).
    set (d2 := partial2 (op s) (curve t (left s)) (curve t (right s))).
    set (next := fun u => store (curve u) n (evaluate s (curve u))).
    set (speed' := store speed n (d1 * speed (left s) + d2 * speed (right s))).
    assert (D' : forall i, (i < S n)%nat -> is_derive (fun u => next u i) t (speed' i)).
    { intros i Hi; unfold next, speed', store.
      destruct (Nat.eqb_spec i n) as [-> | ne]; [ | apply D; lia ].
      (* the chain rule in two variables *)
      apply is_derive_Reals; unfold evaluate.
      apply (derivable_pt_lim_comp_2d (value (op s))
        (fun u => curve u (left s)) (fun u => curve u (right s)));
        [ exact sound | apply is_derive_Reals, D | apply is_derive_Reals, D ]; assumption. }
    specialize (IH (S n) next speed' t c reg D').
    replace (length rest + S n)%nat with (S (length rest + n)) in IH by lia.
    set (c' := adjoints rest (S n) (next t) c) in *.
    replace (sum n _) with (sum (S n) (fun i => c' i * speed' i)); [ exact IH | ].
    (* hand the adjoint of the new place back to the places that it was read from *)
    change (sum n (fun i => c' i * speed' i) + c' n * speed' n = sum n (fun i =>
      (c' i + c' n * (kronecker i (left s) * d1) + c' n * (kronecker i (right s) * d2))
      * speed i)).
    rewrite (sum_ext n (fun i => (c' i + c' n * (kronecker i (left s) * d1)
        + c' n * (kronecker i (right s) * d2)) * speed i)
      (fun i => (c' i * speed i + c' n * d1 * (kronecker i (left s) * speed i))
        + c' n * d2 * (kronecker i (right s) * speed i))) by (intros; ring).
    rewrite !sum_plus, !sum_scal, !sum_kronecker by assumption.
    rewrite (sum_ext n (fun i => c' i * speed' i) (fun i => c' i * speed i)).
    + unfold speed', store; rewrite Nat.eqb_refl; ring.
    + intros i Hi; unfold speed', store; destruct (Nat.eqb_spec i n); [ lia | reflexivity ].
Qed.

(** The value computed by the last step, as a function of the inputs x_0, ..., x_(n-1). *)
Definition output (P : program) (n : nat) (x : memory) : R := run P n x (length P + n - 1)%nat.

(** Seed the last place with 1 and sweep back. *)
Definition gradient (P : program) (n : nat) (x : memory) : memory :=
  adjoints P n x (fun i => kronecker i (length P + n - 1)%nat).

Theorem reverse_accumulation_is_gradient P n x j :
  P <> [] -> regular P n x -> (j < n)%nat ->
  is_derive (fun t => output P n (store x j t)) (x j) (gradient P n x j).
Proof.
  intros nonempty reg Hj.
  set (curve := fun t => store x j t).
  assert (same : forall i, curve (x j) i = x i).
  { intro i; unfold curve, store; destruct (Nat.eqb_spec i j); congruence. }
  assert (start : curve (x j) = x).
  { apply FunctionalExtensionality.functional_extensionality, same. }
  assert (len : (0 < length P)%nat) by (destruct P; [ congruence | simpl; lia ]).
  set (seed := fun i => kronecker i (length P + n - 1)%nat).
  assert (D : forall i, (i < n)%nat ->
    is_derive (fun u => curve u i) (x j) (kronecker i j)).
  { intros i _; unfold curve, store, kronecker; destruct (Nat.eqb i j);
      [ exact (is_derive_id (x j)) | exact (is_derive_const (x i) (x j)) ]. }
  pose proof (adjoint_invariant P n curve (fun i => kronecker i j) (x j) seed) as A.
  rewrite start in A; specialize (A reg D).
  replace (gradient P n x j) with (sum n (fun i => adjoints P n x seed i * kronecker i j)).
  - eapply is_derive_ext; [ | exact A ]; intro t; unfold output, seed.
    apply sum_kronecker; lia.
  - rewrite (sum_ext n _ (fun i => kronecker i j * adjoints P n x seed i)) by (intros; ring).
    now rewrite sum_kronecker.
Qed.

(** ** The primitives of the chapter *)

(** A function of one argument, as a primitive that ignores its second place. *)
Definition unary (f f' : R -> R) : primitive :=
  Primitive (fun x _ => f x) (fun x _ => f' x) (fun _ _ => 0).

Definition add := Primitive (fun x y => x + y) (fun _ _ => 1) (fun _ _ => 1).
Definition subtract := Primitive (fun x y => x - y) (fun _ _ => 1) (fun _ _ => -1).
Definition multiply := Primitive (fun x y => x * y) (fun _ y => y) (fun x _ => x).
Definition divide := Primitive (fun x y => x / y) (fun _ y => / y) (fun x y => - x / y ^ 2).
Definition shift (c : R) := unary (fun x => x + c) (fun _ => 1).
Definition scale (c : R) := unary (fun x => c * x) (fun _ => c).
Definition square := unary (fun x => x ^ 2) (fun x => 2 * x).
Definition exponential := unary exp exp.

(** Any differentiable function of one argument will do. *)
Theorem unary_sound f f' x y : is_derive f x (f' x) -> sound_at (unary f f') x y.
Proof. intro D; apply (differentiable_pt_lim_proj1_0 f), is_derive_Reals, D. Qed.

Lemma linear_sound a b x y : differentiable_pt_lim (fun u v => a * u + b * v) x y a b.
Proof.
  intro eps; exists (mkposreal 1 Rlt_0_1); intros u v _ _.
  replace (_ - _) with 0 by ring; rewrite Rabs_R0.
  apply Rmult_le_pos; [ left; apply cond_pos | ].
  apply Rle_trans with (Rabs (u - x)); [ apply Rabs_pos | apply Rmax_l ].
Qed.

Lemma same_sound (f g : R -> R -> R) x y a b : (forall u v, f u v = g u v) ->
  differentiable_pt_lim f x y a b -> differentiable_pt_lim g x y a b.
Proof.
  intro E; apply differentiable_pt_lim_ext.
  exists (mkposreal 1 Rlt_0_1); intros; apply E.
Qed.

Theorem add_sound x y : sound_at add x y.
Proof.
  apply (same_sound (fun u v => 1 * u + 1 * v)); [ intros; simpl; ring | apply linear_sound ].
Qed.

Theorem subtract_sound x y : sound_at subtract x y.
Proof.
  apply (same_sound (fun u v => 1 * u + -1 * v)); [ intros; simpl; ring | apply linear_sound ].
Qed.

(** The error of the product's linear part is (u - x)(v - y). *)
Theorem multiply_sound x y : sound_at multiply x y.
Proof.
  intro eps; exists eps; intros u v Hu Hv; simpl.
  replace (u * v - x * y - (y * (u - x) + x * (v - y))) with ((u - x) * (v - y)) by ring.
  rewrite Rabs_mult; apply Rmult_le_compat; try apply Rabs_pos;
    [ now left | apply Rmax_r ].
Qed.

(** x / y = x * (1 / y), by the chain rule. *)
Theorem divide_sound x y : y <> 0 -> sound_at divide x y.
Proof.
  intro nz; unfold sound_at; simpl.
  assert (first : differentiable_pt_lim (fun u _ => u) x y 1 0).
  { apply (same_sound (fun u v => 1 * u + 0 * v)); [ intros; ring | apply linear_sound ]. }
  assert (second : differentiable_pt_lim (fun _ v => v) x y 0 1).
  { apply (same_sound (fun u v => 0 * u + 1 * v)); [ intros; ring | apply linear_sound ]. }
  assert (inverse : differentiable_pt_lim (fun u _ => / u) y x (- / y ^ 2) 0).
  { apply (unary_sound Rinv (fun t => - / t ^ 2)); auto_derive; [ assumption | now field ]. }
  pose proof (differentiable_pt_lim_comp (fun u _ => / u) (fun _ v => v) (fun u _ => u)
    x y _ _ _ _ _ _ inverse second first) as inv2; simpl in inv2.
  pose proof (differentiable_pt_lim_comp (fun u v => u * v) (fun u _ => u) (fun _ v => / v)
    x y _ _ _ _ _ _ (multiply_sound x (/ y)) first inv2) as quotient; simpl in quotient.
  replace (/ y) with (/ y * 1 + x * (- / (y * (y * 1)) * 0 + 0 * 1)) by (field; assumption).
  replace (- x / (y * (y * 1))) with (/ y * 0 + x * (- / (y * (y * 1)) * 1 + 0 * 0))
    by (field; assumption).
  exact quotient.
Qed.

(** ** The three exercises of the course notes *)

Ltac one_by_one := repeat match goal with |- _ /\ _ => split end.

(** z = x1 + 5 x2 - 3 x3^2 *)
Definition z1 (x1 x2 x3 : R) : R := x1 + 5 * x2 - 3 * x3 ^ 2.

Theorem exercise_one x1 x2 x3 :
  is_derive (fun t => z1 t x2 x3) x1 1 /\
  is_derive (fun t => z1 x1 t x3) x2 5 /\
  is_derive (fun t => z1 x1 x2 t) x3 (- (6 * x3)).
Proof. unfold z1; one_by_one; auto_derive; trivial; ring. Qed.

(** z = x1 (x2 - 4) + e^(x3^2) / (5 x4^2), for x4 <> 0 *)
Definition z2 (x1 x2 x3 x4 : R) : R := x1 * (x2 - 4) + exp (x3 ^ 2) / (5 * x4 ^ 2).

Theorem exercise_two x1 x2 x3 x4 : x4 <> 0 ->
  is_derive (fun t => z2 t x2 x3 x4) x1 (x2 - 4) /\
  is_derive (fun t => z2 x1 t x3 x4) x2 x1 /\
  is_derive (fun t => z2 x1 x2 t x4) x3 (2 * x3 * exp (x3 ^ 2) / (5 * x4 ^ 2)) /\
  is_derive (fun t => z2 x1 x2 x3 t) x4 (- (2 * exp (x3 ^ 2) / (5 * x4 ^ 3))).
Proof.
  intro nz; unfold z2; simpl; one_by_one; auto_derive; trivial; try (field; assumption).
  repeat apply Rmult_integral_contrapositive_currified; lra.
Qed.

(** The same line read the other way, x1 (x2 - 4) + (e^(x3^2) / 5) x4^2. *)
Definition z2' (x1 x2 x3 x4 : R) : R := x1 * (x2 - 4) + exp (x3 ^ 2) / 5 * x4 ^ 2.

Theorem exercise_two_other_reading x1 x2 x3 x4 :
  is_derive (fun t => z2' t x2 x3 x4) x1 (x2 - 4) /\
  is_derive (fun t => z2' x1 t x3 x4) x2 x1 /\
  is_derive (fun t => z2' x1 x2 t x4) x3 (2 * x3 * exp (x3 ^ 2) / 5 * x4 ^ 2) /\
  is_derive (fun t => z2' x1 x2 x3 t) x4 (2 * exp (x3 ^ 2) * x4 / 5).
Proof. unfold z2'; simpl; one_by_one; auto_derive; trivial; field. Qed.

(** z = 1 / x3 + exp u^2 with u = x1 + 5 (x2 + 3), for x3 <> 0.  The notes have
    10 u e^(u^2) and 50 u e^(u^2) for the first two: they differentiate 5 (x2 + 3)
    once too often. *)
Definition inner (x1 x2 : R) : R := x1 + 5 * (x2 + 3).
Definition z3 (x1 x2 x3 : R) : R := 1 / x3 + exp (inner x1 x2 ^ 2).

Theorem exercise_three x1 x2 x3 : x3 <> 0 ->
  is_derive (fun t => z3 t x2 x3) x1 (2 * inner x1 x2 * exp (inner x1 x2 ^ 2)) /\
  is_derive (fun t => z3 x1 t x3) x2 (10 * inner x1 x2 * exp (inner x1 x2 ^ 2)) /\
  is_derive (fun t => z3 x1 x2 t) x3 (- (1 / x3 ^ 2)).
Proof.
  intro nz; unfold z3, inner; simpl; one_by_one; auto_derive; trivial;
    try ring; field; assumption.
Qed.

(** The third exercise as a program over the places 0, 1, 2 = x1, x2, x3: the places
    3, 4, ... hold x2 + 3, 5 (x2 + 3), u, u^2, e^(u^2), 1 / x3 and z. *)
Definition inverse := unary Rinv (fun x => - / x ^ 2).
Definition exercise_three_program : program :=
  [ Step (shift 3) 1 1; Step (scale 5) 3 3; Step add 0 4; Step square 5 5;
    Step exponential 6 6; Step inverse 2 2; Step add 8 7 ].

Lemma exercise_three_program_computes x :
  output exercise_three_program 3 x = z3 (x 0%nat) (x 1%nat) (x 2%nat).
Proof. unfold z3, inner, Rdiv; rewrite Rmult_1_l; reflexivity. Qed.

Lemma exercise_three_program_regular x : x 2%nat <> 0 -> regular exercise_three_program 3 x.
Proof.
  intro nz; unfold exercise_three_program.
  repeat (split; [ simpl; lia | split; [ simpl; lia | split ] ]); try exact I;
    try apply add_sound; apply unary_sound; auto_derive; trivial; try ring.
  now field.
Qed.

(** What the backward sweep yields is therefore what calculus yields. *)
Theorem exercise_three_sweep x : x 2%nat <> 0 ->
  let g := gradient exercise_three_program 3 x in
  let u := inner (x 0%nat) (x 1%nat) in
  g 0%nat = 2 * u * exp (u ^ 2) /\
  g 1%nat = 10 * u * exp (u ^ 2) /\
  g 2%nat = - (1 / x 2%nat ^ 2).
Proof.
  intros nz g u.
  destruct (exercise_three (x 0%nat) (x 1%nat) (x 2%nat) nz) as (D1 & D2 & D3).
  assert (sweep : forall j, (j < 3)%nat ->
    is_derive (fun t => z3 (store x j t 0%nat) (store x j t 1%nat) (store x j t 2%nat))
      (x j) (g j)).
  { intros j Hj; eapply is_derive_ext; [ intro t; apply exercise_three_program_computes | ].
    apply reverse_accumulation_is_gradient;
      [ discriminate | now apply exercise_three_program_regular | assumption ]. }
  subst u; one_by_one;
    [ apply is_derive_unique in D1; rewrite <- D1
    | apply is_derive_unique in D2; rewrite <- D2
    | apply is_derive_unique in D3; rewrite <- D3 ];
    symmetry; apply is_derive_unique, sweep; lia.
Qed.

(** ** Graphs of any operations *)

(** [gradient_at m f x g]: near x, the function f of the first m places is linear with the
    partial derivatives g up to an error that is small against the distance. *)
Definition gradient_at (m : nat) (f : memory -> R) (x g : memory) : Prop :=
  forall eps : posreal, exists delta : posreal, forall y,
    (forall i, (i < m)%nat -> Rabs (y i - x i) < delta) ->
    Rabs (f y - f x - sum m (fun i => g i * (y i - x i)))
      <= eps * sum m (fun i => Rabs (y i - x i)).

(** A function that is differentiable at x does not look at later places there. *)
Lemma gradient_at_same m f x g y :
  gradient_at m f x g -> (forall i, (i < m)%nat -> y i = x i) -> f y = f x.
Proof.
  intros D E; destruct (D (mkposreal 1 Rlt_0_1)) as [d Hd].
  specialize (Hd y); simpl in Hd.
  rewrite (sum_ext m (fun i => g i * (y i - x i)) (fun _ => 0)) in Hd
    by (intros i Hi; rewrite E by assumption; ring).
  rewrite (sum_ext m (fun i => Rabs (y i - x i)) (fun _ => 0)) in Hd
    by (intros i Hi; rewrite E by assumption; rewrite Rminus_diag_eq, Rabs_R0; reflexivity).
  rewrite !sum_zero in Hd.
  assert (Rabs (f y - f x - 0) <= 1 * 0).
  { apply Hd; intros i Hi; rewrite E, Rminus_diag_eq, Rabs_R0 by trivial; apply cond_pos. }
  assert (f y - f x - 0 = 0); [ | lra ].
  apply Rabs_eq_0; pose proof (Rabs_pos (f y - f x - 0)); lra.
Qed.

(** Chain rule along a curve. *)
Lemma gradient_at_curve m f x g (curve : R -> memory) (speed : memory) t :
  gradient_at m f x g ->
  (forall i, (i < m)%nat -> curve t i = x i) ->
  (forall i, (i < m)%nat -> is_derive (fun u => curve u i) t (speed i)) ->
  is_derive (fun u => f (curve u)) t (sum m (fun i => g i * speed i)).
Proof.
  intros Df E D.
  (* all places at once: within a neighbourhood, |curve u i - x i| <= (|speed i| + 1) |u - t| and
     the linear parts differ little *)
  assert (L : forall n, (n <= m)%nat -> forall eps : posreal, exists delta : posreal, forall h,
    Rabs h < delta ->
    sum n (fun i => Rabs (curve (t + h) i - x i - speed i * h)) <= eps * Rabs h).
  { induction n as [| n IH]; intros Hn eps.
    - exists (mkposreal 1 Rlt_0_1); intros h _; simpl.
      apply Rmult_le_pos; [ left; apply cond_pos | apply Rabs_pos ].
    - destruct (IH ltac:(lia) (pos_div_2 eps)) as [d1 H1].
      assert (Dn := D n ltac:(lia)); apply is_derive_Reals in Dn.
      destruct (Dn (eps / 2)) as [d2 H2]; [ pose proof (cond_pos eps); lra | ].
      assert (P : 0 < Rmin d1 d2) by (apply Rmin_pos; apply cond_pos).
      exists (mkposreal _ P); intros h Hh; simpl in Hh |- *.
      assert (A1 := H1 h (Rlt_le_trans _ _ _ Hh (Rmin_l _ _))); simpl in A1.
      assert (A2 : Rabs (curve (t + h) n - x n - speed n * h) <= eps / 2 * Rabs h).
      { rewrite <- (E n) by lia.
        destruct (Req_dec h 0) as [-> | nz].
        - rewrite Rplus_0_r; replace (_ - _ - _) with 0 by ring; rewrite Rabs_R0; lra.
        - replace (curve (t + h) n - curve t n - speed n * h)
            with (((curve (t + h) n - curve t n) / h - speed n) * h) by (field; assumption).
          rewrite Rabs_mult; apply Rmult_le_compat_r; [ apply Rabs_pos | ].
          left; apply H2; [ assumption | ].
          exact (Rlt_le_trans _ _ _ Hh (Rmin_r _ _)). }
      lra. }
  set (S := sum m (fun i => Rabs (speed i))).
  set (G := sum m (fun i => Rabs (g i))).
  assert (S0 : 0 <= S) by (apply sum_nonneg; intros; apply Rabs_pos).
  assert (G0 : 0 <= G) by (apply sum_nonneg; intros; apply Rabs_pos).
  apply is_derive_Reals; intros eps Heps.
  (* distances: sum |curve - x| <= (S + 1) |h| *)
  assert (P1 : 0 < eps / 2 / (S + 1)).
  { apply Rdiv_lt_0_compat; lra. }
  assert (P2 : 0 < Rmin 1 (eps / 3 / (G + 1))).
  { apply Rmin_pos; [ lra | apply Rdiv_lt_0_compat; lra ]. }
  destruct (Df (mkposreal _ P1)) as [d0 H0].
  destruct (L m (le_n m) (mkposreal _ P2)) as [d1 H1]; simpl in H0, H1.
  assert (P3 : 0 < Rmin d1 (d0 / (S + 1))).
  { apply Rmin_pos; [ apply cond_pos | apply Rdiv_lt_0_compat; [ apply cond_pos | lra ] ]. }
  exists (mkposreal _ P3); intros h nz Hh; simpl in Hh.
  assert (B1 := H1 h (Rlt_le_trans _ _ _ Hh (Rmin_l _ _))).
  assert (h0 : 0 < Rabs h) by now apply Rabs_pos_lt.
  assert (dist : sum m (fun i => Rabs (curve (t + h) i - x i)) <= (S + 1) * Rabs h).
  { apply Rle_trans with (sum m (fun i => Rabs (curve (t + h) i - x i - speed i * h))
      + sum m (fun i => Rabs h * Rabs (speed i))).
    - rewrite <- sum_plus; apply sum_le; intros i Hi.
      replace (curve (t + h) i - x i) with
        ((curve (t + h) i - x i - speed i * h) + speed i * h) at 1 by ring.
      eapply Rle_trans; [ apply Rabs_triang | rewrite (Rabs_mult (speed i)); lra ].
    - rewrite sum_scal; fold S.
      assert (Rmin 1 (eps / 3 / (G + 1)) * Rabs h <= 1 * Rabs h)
        by (apply Rmult_le_compat_r; [ lra | apply Rmin_l ]).
      lra. }
  assert (near : forall i, (i < m)%nat -> Rabs (curve (t + h) i - x i) < d0).
  { intros i Hi.
    apply Rle_lt_trans with (sum m (fun i => Rabs (curve (t + h) i - x i))).
    - apply (sum_ge_one m (fun i => Rabs (curve (t + h) i - x i))); [ | assumption ].
      intros; apply Rabs_pos.
    - eapply Rle_lt_trans; [ exact dist | ].
      assert (Rabs h < d0 / (S + 1)) by exact (Rlt_le_trans _ _ _ Hh (Rmin_r _ _)).
      replace (pos d0) with ((S + 1) * (d0 / (S + 1))) by (field; lra).
      apply Rmult_lt_compat_l; lra. }
  assert (B0 := H0 _ near).
  assert (E0 : f (curve t) = f x) by (apply (gradient_at_same m f x g); assumption).
  assert (lin : Rabs (sum m (fun i => g i * (curve (t + h) i - x i))
      - h * sum m (fun i => g i * speed i)) <= eps / 3 * Rabs h).
  { rewrite <- sum_scal, <- sum_minus.
    apply Rle_trans with (G * (Rmin 1 (eps / 3 / (G + 1)) * Rabs h)).
    - apply Rle_trans with (sum m (fun i => Rabs (g i)
        * Rabs (curve (t + h) i - x i - speed i * h))).
      + clear. induction m as [| n IH]; simpl; [ rewrite Rabs_R0; lra | ].
        eapply Rle_trans; [ apply Rabs_triang | ].
        apply Rplus_le_compat; [ exact IH | ].
        rewrite <- Rabs_mult; right; f_equal; ring.
      + apply Rle_trans with
          (sum m (fun i => (Rmin 1 (eps / 3 / (G + 1)) * Rabs h) * Rabs (g i))).
        * apply sum_le; intros i Hi; rewrite Rmult_comm.
          apply Rmult_le_compat_r; [ apply Rabs_pos | ].
          eapply Rle_trans; [ | exact B1 ].
          apply (sum_ge_one m (fun i => Rabs (curve (t + h) i - x i - speed i * h)));
            [ intros; apply Rabs_pos | assumption ].
        * rewrite sum_scal; fold G; lra.
    - rewrite <- Rmult_assoc; apply Rmult_le_compat_r; [ lra | ].
      apply Rle_trans with (G * (eps / 3 / (G + 1))).
      + apply Rmult_le_compat_l; [ assumption | apply Rmin_r ].
      + replace (G * (eps / 3 / (G + 1))) with (eps / 3 * (G / (G + 1))) by (field; lra).
        rewrite <- (Rmult_1_r (eps / 3)) at 2; apply Rmult_le_compat_l; [ lra | ].
        apply Rmult_le_reg_r with (G + 1); [ lra | ]; field_simplify; lra. }
  replace ((f (curve (t + h)) - f (curve t)) / h - sum m (fun i => g i * speed i))
    with ((f (curve (t + h)) - f x - h * sum m (fun i => g i * speed i)) / h)
    by (rewrite E0; field; assumption).
  rewrite Rabs_div by assumption.
  apply Rmult_lt_reg_r with (Rabs h); [ assumption | ].
  unfold Rdiv at 1; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rle_lt_trans with (eps / 2 * Rabs h + eps / 3 * Rabs h); [ | nra ].
  replace (f (curve (t + h)) - f x - h * sum m (fun i => g i * speed i)) with
    ((f (curve (t + h)) - f x - sum m (fun i => g i * (curve (t + h) i - x i)))
     + (sum m (fun i => g i * (curve (t + h) i - x i)) - h * sum m (fun i => g i * speed i)))
    by ring.
  eapply Rle_trans; [ apply Rabs_triang | ]; apply Rplus_le_compat; [ | exact lin ].
  eapply Rle_trans; [ exact B0 | ].
  apply Rle_trans with (eps / 2 / (S + 1) * ((S + 1) * Rabs h)).
  - apply Rmult_le_compat_l; [ lra | exact dist ].
  - right; field; lra.
Qed.

(** [adjoint_at m f x g]: along every curve through x, the value of f moves with the speed
    sum_i (g i) (speed of place i).  Differentiability gives this, and it is inherited by
    compositions, which is all that back-propagation needs. *)
Definition adjoint_at (m : nat) (f : memory -> R) (x g : memory) : Prop :=
  forall (curve : R -> memory) (speed : memory) t,
    (forall i, (i < m)%nat -> curve t i = x i) ->
    (forall i, (i < m)%nat -> is_derive (fun u => curve u i) t (speed i)) ->
    is_derive (fun u => f (curve u)) t (sum m (fun i => g i * speed i)).

Theorem differentiable_has_adjoints m f x g : gradient_at m f x g -> adjoint_at m f x g.
Proof. intros D curve speed t; now apply gradient_at_curve. Qed.

(** Place i moves alone. *)
Lemma store_derive (x : memory) i k :
  is_derive (fun t => store x i t k) (x i) (kronecker k i).
Proof.
  unfold store, kronecker; destruct (Nat.eqb k i);
    [ exact (is_derive_id (x i)) | exact (is_derive_const (x k) (x i)) ].
Qed.

Lemma store_same (x : memory) i k : store x i (x i) k = x k.
Proof. unfold store; destruct (Nat.eqb_spec k i); congruence. Qed.

Lemma sum_pick m g i : (i < m)%nat -> sum m (fun k => g k * kronecker k i) = g i.
Proof.
  intro H; rewrite (sum_ext m _ (fun k => kronecker k i * g k)) by (intros; ring).
  now rewrite sum_kronecker.
Qed.

Lemma adjoint_partial m f x g i : adjoint_at m f x g -> (i < m)%nat ->
  is_derive (fun t => f (store x i t)) (x i) (g i).
Proof.
  intros A H; rewrite <- (sum_pick m g i H).
  apply (A (fun t => store x i t) (fun k => kronecker k i));
    intros; [ apply store_same | apply store_derive ].
Qed.

(** A graph with N nodes: [phi k] makes node k (counted from 0) from the nodes before it; the
    first node is a variable, and further variables are constant functions.  [rest phi d k u]
    is the book's F_k for N = d + k: given the first k nodes, make the d others and return
    the last. *)
Fixpoint rest (phi : nat -> memory -> R) (d k : nat) (u : memory) : R :=
  match d with
  | O => u (k - 1)%nat
  | S d' => rest phi d' (S k) (store u k (phi k u))
  end.

(** Local partial derivatives below the diagonal, zeros elsewhere. *)
Definition strict (L : nat -> nat -> R) (j i : nat) : R := if Nat.ltb i j then L j i else 0.

(** The values v are those of the calculation, and L holds the local partials there. *)
Definition calculated (N : nat) (phi : nat -> memory -> R) (L : nat -> nat -> R) (v : memory) :=
  forall k, (0 < k < N)%nat -> v k = phi k v /\ gradient_at k (phi k) v (L k).

Definition swept (N : nat) (L : nat -> nat -> R) (bar : memory) : Prop :=
  forall i, (i < N)%nat ->
    bar i = kronecker i (N - 1) + sum N (fun j => bar j * strict L j i).

Lemma sum_from N k f : (k < N)%nat ->
  sum N (fun j => if Nat.leb k j then f j else 0)
  = sum N (fun j => if Nat.leb (S k) j then f j else 0) + f k.
Proof.
  intro H; rewrite <- (sum_kronecker N k f H) at 1; rewrite <- sum_plus.
  apply sum_ext; intros j _; unfold kronecker.
  destruct (Nat.leb_spec k j), (Nat.leb_spec (S k) j), (Nat.eqb_spec j k); try lia; ring.
Qed.

(** The invariant of the sweep: the gradient of F_k, for every k. *)
Theorem remaining_gradient N phi L v bar : (0 < N)%nat ->
  calculated N phi L v -> swept N L bar ->
  forall d k, (d + k = N)%nat -> (0 < k)%nat ->
  adjoint_at k (rest phi d k) v (fun i => kronecker i (N - 1)
    + sum N (fun j => if Nat.leb k j then bar j * strict L j i else 0)).
Proof.
  intros HN calc sweep; induction d as [| d IH]; intros k Hk k0 curve speed t E D; simpl.
  - replace k with N by lia.
    rewrite (sum_ext N _ (fun i => kronecker i (N - 1) * speed i)).
    + rewrite sum_kronecker by lia; apply D; lia.
    + intros i Hi; rewrite (sum_ext N _ (fun _ => 0)), sum_zero; [ ring | ].
      intros j Hj; destruct (Nat.leb_spec N j); [ lia | reflexivity ].
  - destruct (calc k ltac:(lia)) as [Vk Gk].
    set (next := fun s => store (curve s) k (phi k (curve s))).
    set (speed' := store speed k (sum k (fun i => L k i * speed i))).
    assert (E' : forall i, (i < S k)%nat -> next t i = v i).
    { intros i Hi; unfold next, store.
      destruct (Nat.eqb_spec i k) as [-> | ne]; [ | apply E; lia ].
      rewrite Vk; apply (gradient_at_same k (phi k) v (L k)); assumption. }
    assert (D' : forall i, (i < S k)%nat -> is_derive (fun s => next s i) t (speed' i)).
    { intros i Hi; unfold next, speed', store.
      destruct (Nat.eqb_spec i k) as [-> | ne]; [ | apply D; lia ].
      now apply (gradient_at_curve k (phi k) v). }
    pose proof (IH (S k) ltac:(lia) ltac:(lia) next speed' t E' D') as A.
    cbn [sum] in A; unfold next in A; cbn in A.
    replace (sum k _) with
      (sum (S k) (fun i => (kronecker i (N - 1)
        + sum N (fun j => if Nat.leb (S k) j then bar j * strict L j i else 0)) * speed' i));
      [ exact A | ].
    cbn [sum].
    assert (bk : kronecker k (N - 1)
        + sum N (fun j => if Nat.leb (S k) j then bar j * strict L j k else 0) = bar k).
    { rewrite (sweep k ltac:(lia)); f_equal; apply sum_ext; intros j Hj; unfold strict.
      destruct (Nat.leb_spec (S k) j), (Nat.ltb_spec k j); try lia; ring. }
    assert (sk : speed' k = sum k (fun i => L k i * speed i))
      by (unfold speed', store; now rewrite Nat.eqb_refl).
    rewrite bk, sk, <- sum_scal, <- sum_plus; apply sum_ext; intros i Hi.
    assert (si : speed' i = speed i)
      by (unfold speed', store; destruct (Nat.eqb_spec i k); [ lia | reflexivity ]).
    rewrite si, (sum_from N k (fun j => bar j * strict L j i)) by lia.
    replace (strict L k i) with (L k i)
      by (unfold strict; destruct (Nat.ltb_spec i k); [ reflexivity | lia ]).
    ring.
Qed.

(** One step of the walk: the gradient of F_(k-1) by the chain rule from that of F_k, then by
    the adjoint of the node that is given up.  Nodes are counted from 0, so that the book's
    node k is k here for the book's k - 1. *)
Theorem chain_step N phi L v bar k i g : calculated N phi L v -> swept N L bar ->
  (0 < k < N)%nat -> (i < k)%nat -> adjoint_at (S k) (rest phi (N - S k) (S k)) v g ->
  is_derive (fun t => rest phi (N - k) k (store v i t)) (v i) (g i + g k * L k i) /\
  g i + g k * L k i = g i + bar k * strict L k i /\
  g i + bar k * strict L k i
    = kronecker i (N - 1)
      + sum N (fun j => if Nat.leb (S k) j then bar j * strict L j i else 0)
      + bar k * strict L k i /\
  kronecker i (N - 1) + sum N (fun j => if Nat.leb (S k) j then bar j * strict L j i else 0)
      + bar k * strict L k i
    = kronecker i (N - 1) + sum N (fun j => if Nat.leb k j then bar j * strict L j i else 0).
Proof.
  intros calc sweep Hk Hi G.
  set (tail m l := sum N (fun j => if Nat.leb m j then bar j * strict L j l else 0)).
  pose proof (remaining_gradient N phi L v bar ltac:(lia) calc sweep (N - S k) (S k)
    ltac:(lia) ltac:(lia)) as A.
  pose proof (remaining_gradient N phi L v bar ltac:(lia) calc sweep (N - k) k
    ltac:(lia) ltac:(lia)) as B.
  assert (same : forall l, (l < S k)%nat -> g l = kronecker l (N - 1) + tail (S k) l).
  { intros l Hl; pose proof (adjoint_partial _ _ _ _ l G Hl) as D.
    pose proof (adjoint_partial _ _ _ _ l A Hl) as E; cbn beta in E.
    apply is_derive_unique in D; apply is_derive_unique in E.
    unfold tail; congruence. }
  assert (gk : g k = bar k).
  { rewrite (same k ltac:(lia)), (sweep k ltac:(lia)); f_equal; apply sum_ext; intros j Hj.
    unfold strict; destruct (Nat.leb_spec (S k) j), (Nat.ltb_spec k j); try lia; ring. }
  assert (low : strict L k i = L k i)
    by (unfold strict; destruct (Nat.ltb_spec i k); [ reflexivity | lia ]).
  assert (last : kronecker i (N - 1) + tail (S k) i + bar k * strict L k i
                 = kronecker i (N - 1) + tail k i).
  { unfold tail; rewrite (sum_from N k (fun j => bar j * strict L j i)) by lia; ring. }
  split; [ | split; [ | split ] ].
  - replace (g i + g k * L k i) with (kronecker i (N - 1) + tail k i).
    + exact (adjoint_partial _ _ _ _ i B Hi).
    + rewrite <- last, <- low, gk, (same i) by lia; ring.
  - now rewrite gk, low.
  - unfold tail in same; now rewrite (same i) by lia.
  - exact last.
Qed.

(** ** Reverse accumulation on any graph *)
Theorem reverse_accumulation N phi L v bar :
  calculated N phi L v -> swept N L bar ->
  forall i u, (i < N)%nat -> (forall k, (k <= i)%nat -> u k = v k) ->
  is_derive (fun t => rest phi (N - S i) (S i) (store u i t)) (v i) (bar i).
Proof.
  intros calc sweep i u Hi E.
  assert (Ei : u i = v i) by (apply E; lia); rewrite <- Ei.
  pose proof (remaining_gradient N phi L v bar ltac:(lia) calc sweep (N - S i) (S i)
    ltac:(lia) ltac:(lia) (fun t => store u i t) (fun k => kronecker k i) (u i)) as A.
  cbn beta in A; rewrite (sum_pick (S i) _ i) in A by lia.
  replace (bar i) with (kronecker i (N - 1)
    + sum N (fun j => if Nat.leb (S i) j then bar j * strict L j i else 0)).
  - apply A; intros k Hk; [ rewrite store_same; apply E; lia | apply store_derive ].
  - rewrite (sweep i Hi); f_equal; apply sum_ext; intros j Hj; unfold strict.
    destruct (Nat.leb_spec (S i) j), (Nat.ltb_spec i j); try lia; ring.
Qed.

(** The sweep has one outcome. *)
Lemma swept_unique N L b c : swept N L b -> swept N L c ->
  forall i, (i < N)%nat -> b i = c i.
Proof.
  intros B C.
  assert (all : forall d i, (N - i <= d)%nat -> (i < N)%nat -> b i = c i).
  { induction d as [| d IH]; intros i Hd Hi; [ lia | ].
    rewrite (B i Hi), (C i Hi); f_equal; apply sum_ext; intros j Hj; unfold strict.
    destruct (Nat.ltb_spec i j); [ rewrite IH by lia; reflexivity | ring ]. }
  intros i Hi; apply (all N); lia.
Qed.

(** ** Sum over paths *)
Fixpoint power (N : nat) (A : nat -> nat -> R) (m : nat) (i j : nat) : R :=
  match m with
  | O => kronecker i j
  | S m' => sum N (fun k => power N A m' i k * A k j)
  end.


Lemma power_zero N L m : forall i j, (i < j + m)%nat -> (i < N)%nat ->
  (j < N)%nat -> power N (strict L) m i j = 0.
Proof.
  induction m as [| m IH]; intros i j H Hi Hj; simpl.
  - unfold kronecker; destruct (Nat.eqb_spec i j); [ lia | reflexivity ].
  - rewrite (sum_ext N _ (fun _ => 0)), sum_zero; [ reflexivity | ].
    intros k Hk; unfold strict; destruct (Nat.ltb_spec j k); [ | ring ].
    rewrite IH by lia; ring.
Qed.

Lemma sum_shift M f : sum M (fun m => f (S m)) = sum M f + f M - f 0%nat.
Proof. induction M as [| M IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma paths_swept N L : (0 < N)%nat ->
  swept N L (fun i => sum N (fun m => power N (strict L) m (N - 1) i)).
Proof.
  intros HN i Hi.
  rewrite (sum_ext N (fun j => sum N _ * strict L j i)
    (fun j => sum N (fun m => power N (strict L) m (N - 1) j * strict L j i))).
  - rewrite sum_exchange.
    change (sum N (fun m => power N (strict L) m (N - 1) i) = kronecker i (N - 1)
      + sum N (fun m => power N (strict L) (S m) (N - 1) i)).
    rewrite (sum_shift N (fun m => power N (strict L) m (N - 1) i)).
    rewrite (power_zero N L N) by lia.
    replace (kronecker i (N - 1)) with (power N (strict L) 0 (N - 1) i); [ ring | ].
    simpl; unfold kronecker; now rewrite Nat.eqb_sym.
  - intros j Hj; rewrite Rmult_comm, <- sum_scal; apply sum_ext; intros; ring.
Qed.

Theorem sum_over_paths N phi L v : calculated N phi L v ->
  forall i u, (i < N)%nat -> (forall k, (k <= i)%nat -> u k = v k) ->
  is_derive (fun t => rest phi (N - S i) (S i) (store u i t)) (v i)
    (sum N (fun m => power N (strict L) m (N - 1) i)).
Proof.
  intros calc i u Hi; apply (reverse_accumulation N phi L v
    (fun i => sum N (fun m => power N (strict L) m (N - 1) i))); try assumption.
  apply paths_swept; lia.
Qed.

(** ** One triangular system: (I - L^T) x = e_N has exactly one solution, the adjoints. *)
Theorem triangular_system N phi L v : (0 < N)%nat -> calculated N phi L v ->
  exists bar,
    (forall i, (i < N)%nat ->
      sum N (fun j => (kronecker i j - strict L j i) * bar j) = kronecker i (N - 1)) /\
    (forall i u, (i < N)%nat -> (forall k, (k <= i)%nat -> u k = v k) ->
      is_derive (fun t => rest phi (N - S i) (S i) (store u i t)) (v i) (bar i)) /\
    (forall x, (forall i, (i < N)%nat ->
      sum N (fun j => (kronecker i j - strict L j i) * x j) = kronecker i (N - 1)) ->
      forall i, (i < N)%nat -> x i = bar i).
Proof.
  intros HN calc.
  assert (row : forall x i, (i < N)%nat ->
    sum N (fun j => (kronecker i j - strict L j i) * x j)
    = x i - sum N (fun j => x j * strict L j i)).
  { intros x i Hi; rewrite (sum_ext N _ (fun j => kronecker j i * x j - x j * strict L j i)).
    - now rewrite sum_minus, sum_kronecker.
    - intros j _; unfold kronecker; rewrite (Nat.eqb_sym i j); ring. }
  pose proof (paths_swept N L HN) as sweep.
  eexists; split; [ | split ].
  - intros i Hi; rewrite row by assumption; rewrite (sweep i Hi) at 1; ring.
  - exact (sum_over_paths N phi L v calc).
  - intros x solves i Hi; apply (swept_unique N L); [ | exact sweep | exact Hi ].
    intros k Hk; specialize (solves k Hk); rewrite row in solves by assumption; lra.
Qed.

(** ** Forward mode *)

(** The solution of (I - L) dot = r, worked out from the first node on. *)
Definition pushed (N : nat) (L : nat -> nat -> R) (r dot : memory) : Prop :=
  forall j, (j < N)%nat -> dot j = r j + sum N (fun i => strict L j i * dot i).

Lemma sum_below N j f : (j <= N)%nat ->
  sum N (fun i => if Nat.ltb i j then f i else 0) = sum j f.
Proof.
  intro H; induction N as [| N IH]; [ now replace j with 0%nat by lia | ].
  destruct (Nat.eq_dec j (S N)) as [-> | ne].
  - apply sum_ext; intros i Hi; destruct (Nat.ltb_spec i (S N)); [ reflexivity | lia ].
  - cbn [sum]; rewrite IH by lia; destruct (Nat.ltb_spec N j); [ lia | ring ].
Qed.

(** When the variables move in the direction r, node j moves with the speed dot j. *)
Theorem forward_mode N phi L v r dot (w : R -> memory) :
  calculated N phi L v -> pushed N L r dot ->
  (forall t, w t 0%nat = v 0%nat + t * r 0%nat) ->
  (forall t j, (0 < j < N)%nat -> w t j = phi j (w t) + t * r j) ->
  forall j, (j < N)%nat -> w 0 j = v j /\ is_derive (fun t => w t j) 0 (dot j).
Proof.
  intros calc push first moved.
  assert (all : forall n j, (j < n)%nat -> (j < N)%nat ->
    w 0 j = v j /\ is_derive (fun t => w t j) 0 (dot j)).
  { induction n as [| n IH]; intros j Hn Hj; [ lia | ].
    assert (below : forall i, (i < j)%nat -> w 0 i = v i /\ is_derive (fun t => w t i) 0 (dot i))
      by (intros; apply IH; lia).
    assert (dj : dot j = sum j (fun i => L j i * dot i) + r j).
    { rewrite (push j Hj), Rplus_comm; f_equal.
      rewrite <- (sum_below N j) by lia; apply sum_ext; intros i _; unfold strict.
      destruct (Nat.ltb_spec i j); ring. }
    assert (line : is_derive (fun t => t * r j) 0 (r j)) by (auto_derive; trivial; ring).
    destruct (Nat.eq_dec j 0) as [-> | j0].
    - split; [ rewrite first; ring | ].
      apply (is_derive_ext (fun t => v 0%nat + t * r 0%nat)); [ now intro; rewrite first | ].
      rewrite dj; simpl; apply (is_derive_plus (fun _ => v 0%nat)); [ | exact line ].
      exact (is_derive_const _ _).
    - destruct (calc j ltac:(lia)) as [Vj Gj]; split.
      + rewrite moved, Rmult_0_l, Rplus_0_r, Vj by lia.
        apply (gradient_at_same j (phi j) v (L j)); [ exact Gj | ]; intros; now apply below.
      + apply (is_derive_ext (fun t => phi j (w t) + t * r j));
          [ intro; rewrite moved by lia; reflexivity | ].
        rewrite dj; apply (is_derive_plus (fun t => phi j (w t))); [ | exact line ].
        apply (gradient_at_curve j (phi j) v); [ exact Gj | | ]; intros; now apply below. }
  intros j Hj; apply (all (S j)); lia.
Qed.

(** Both modes give the same number. *)
Theorem forward_is_reverse N L r dot bar : (0 < N)%nat -> pushed N L r dot -> swept N L bar ->
  dot (N - 1)%nat = sum N (fun i => bar i * r i).
Proof.
  intros HN push sweep.
  rewrite (sum_ext N (fun i => bar i * r i)
    (fun i => bar i * dot i - sum N (fun k => bar i * strict L i k * dot k)))
    by (intros i Hi; rewrite (push i Hi), (sum_ext N (fun k => bar i * strict L i k * dot k)
          (fun k => bar i * (strict L i k * dot k))) by (intros; ring); rewrite sum_scal; ring).
  rewrite sum_minus, sum_exchange, <- sum_minus.
  rewrite (sum_ext N _ (fun k => kronecker k (N - 1) * dot k)).
  - rewrite sum_kronecker by lia; reflexivity.
  - intros k Hk; rewrite (sum_ext N _ (fun i => dot k * (bar i * strict L i k)))
      by (intros; ring).
    rewrite sum_scal, (sweep k Hk) at 1; ring.
Qed.

(** [left_inverse N M A]: the matrix M times A is the identity. *)
Definition left_inverse (N : nat) (M A : nat -> nat -> R) : Prop :=
  forall i j, (i < N)%nat -> (j < N)%nat -> sum N (fun k => M i k * A k j) = kronecker i j.

Lemma solve N M A x y : left_inverse N M A ->
  (forall i, (i < N)%nat -> y i = sum N (fun j => A i j * x j)) ->
  forall i, (i < N)%nat -> sum N (fun j => M i j * y j) = x i.
Proof.
  intros inv E i Hi.
  rewrite (sum_ext N _ (fun j => sum N (fun k => M i j * A j k * x k))).
  - rewrite sum_exchange, (sum_ext N _ (fun k => kronecker k i * x k)).
    + now rewrite sum_kronecker.
    + intros k Hk; rewrite (sum_ext N _ (fun j => x k * (M i j * A j k))) by (intros; ring).
      rewrite sum_scal, inv by assumption; unfold kronecker; rewrite (Nat.eqb_sym i k); ring.
  - intros j Hj; rewrite E, <- sum_scal by assumption; apply sum_ext; intros; ring.
Qed.

(** The same, as the page writes it: with the inverses of I - L and of its transpose. *)
Theorem duality N L r dot bar forth back :
  (0 < N)%nat -> pushed N L r dot -> swept N L bar ->
  left_inverse N forth (fun i j => kronecker i j - strict L i j) ->
  left_inverse N back (fun i j => kronecker i j - strict L j i) ->
  dot (N - 1)%nat = sum N (fun i => kronecker i (N - 1) * dot i) /\
  sum N (fun i => kronecker i (N - 1) * dot i)
    = sum N (fun i => kronecker i (N - 1) * sum N (fun j => forth i j * r j)) /\
  sum N (fun i => kronecker i (N - 1) * sum N (fun j => forth i j * r j))
    = sum N (fun j => sum N (fun i => back j i * kronecker i (N - 1)) * r j) /\
  sum N (fun j => sum N (fun i => back j i * kronecker i (N - 1)) * r j)
    = sum N (fun j => bar j * r j).
Proof.
  intros HN push sweep F B.
  assert (first : dot (N - 1)%nat = sum N (fun i => kronecker i (N - 1) * dot i))
    by (rewrite sum_kronecker by lia; reflexivity).
  assert (row : forall (M : nat -> nat -> R) x i, (i < N)%nat ->
    sum N (fun j => (kronecker i j - M i j) * x j) = x i - sum N (fun j => M i j * x j)).
  { intros M x i Hi; rewrite (sum_ext N _ (fun j => kronecker j i * x j - M i j * x j)).
    - now rewrite sum_minus, sum_kronecker.
    - intros j _; unfold kronecker; rewrite (Nat.eqb_sym i j); ring. }
  assert (forward : forall i, (i < N)%nat -> sum N (fun j => forth i j * r j) = dot i).
  { apply (solve N forth _ dot r F); intros i Hi.
    rewrite (row (strict L)) by assumption; rewrite (push i Hi) at 1; ring. }
  assert (backward : forall j, (j < N)%nat ->
    sum N (fun i => back j i * kronecker i (N - 1)) = bar j).
  { apply (solve N back _ bar (fun i => kronecker i (N - 1)) B); intros i Hi.
    rewrite (row (fun a c => strict L c a)) by assumption; rewrite (sweep i Hi).
    rewrite (sum_ext N (fun j => strict L j i * bar j) (fun j => bar j * strict L j i))
      by (intros; ring); ring. }
  assert (second : sum N (fun i => kronecker i (N - 1) * sum N (fun j => forth i j * r j))
                   = dot (N - 1)%nat)
    by (rewrite sum_kronecker by lia; apply forward; lia).
  assert (fourth : sum N (fun j => sum N (fun i => back j i * kronecker i (N - 1)) * r j)
                   = sum N (fun j => bar j * r j))
    by (apply sum_ext; intros j Hj; now rewrite backward).
  pose proof (forward_is_reverse N L r dot bar HN push sweep) as both.
  repeat split; congruence.
Qed.

(** Both inverses exist: they are the sums of the powers of L, and of its transpose. *)
Lemma power_left N A m : forall i j, (i < N)%nat -> (j < N)%nat ->
  power N A (S m) i j = sum N (fun k => A i k * power N A m k j).
Proof.
  induction m as [| m IH]; intros i j Hi Hj.
  - cbn; rewrite (sum_ext N _ (fun k => kronecker k i * A k j))
      by (intros; unfold kronecker; now rewrite Nat.eqb_sym).
    rewrite sum_kronecker by assumption.
    rewrite (sum_ext N _ (fun k => kronecker k j * A i k)) by (intros; ring).
    now rewrite sum_kronecker.
  - change (power N A (S (S m)) i j) with (sum N (fun k => power N A (S m) i k * A k j)).
    rewrite (sum_ext N _ (fun k => sum N (fun l => A i l * power N A m l k * A k j))).
    + rewrite sum_exchange; apply sum_ext; intros l _; cbn.
      rewrite <- sum_scal; apply sum_ext; intros; ring.
    + intros k Hk; rewrite IH by assumption.
      rewrite Rmult_comm, <- sum_scal; apply sum_ext; intros; ring.
Qed.

Theorem inverses_exist N L :
  left_inverse N (fun i j => sum N (fun m => power N (strict L) m i j))
    (fun i j => kronecker i j - strict L i j) /\
  left_inverse N (fun i j => sum N (fun m => power N (strict L) m j i))
    (fun i j => kronecker i j - strict L j i).
Proof.
  assert (ends : forall i j, (i < N)%nat -> (j < N)%nat ->
    sum N (fun m => power N (strict L) m i j) - sum N (fun m => power N (strict L) (S m) i j)
    = kronecker i j).
  { intros i j Hi Hj; rewrite (sum_shift N (fun m => power N (strict L) m i j)).
    rewrite (power_zero N L N i j) by lia; cbn; ring. }
  split; intros i j Hi Hj.
  - rewrite <- (ends i j Hi Hj).
    rewrite (sum_ext N _ (fun k => kronecker k j * sum N (fun m => power N (strict L) m i k)
      - sum N (fun m => power N (strict L) m i k * strict L k j))).
    + rewrite sum_minus, sum_kronecker by assumption; rewrite sum_exchange; reflexivity.
    + intros k Hk; rewrite (sum_ext N (fun m => power N (strict L) m i k * strict L k j)
        (fun m => strict L k j * power N (strict L) m i k)) by (intros; ring).
      rewrite sum_scal; ring.
  - unfold kronecker at 2; rewrite (Nat.eqb_sym i j); fold (kronecker j i).
    rewrite <- (ends j i Hj Hi).
    rewrite (sum_ext N _ (fun k => kronecker k j * sum N (fun m => power N (strict L) m k i)
      - sum N (fun m => strict L j k * power N (strict L) m k i))).
    + rewrite sum_minus, sum_kronecker by assumption; rewrite sum_exchange; f_equal.
      apply sum_ext; intros m _; symmetry; now apply power_left.
    + intros k Hk; rewrite sum_scal; ring.
Qed.

(** The recursion of the sweep, put into itself M times. *)
Theorem unrolled N L bar M : swept N L bar -> forall i, (i < N)%nat ->
  bar i = sum M (fun m => power N (strict L) m (N - 1) i)
    + sum N (fun k => bar k * power N (strict L) M k i).
Proof.
  intros sweep; induction M as [| M IH]; intros i Hi; simpl.
  - rewrite (sum_ext N _ (fun k => kronecker k i * bar k)) by (intros; ring).
    rewrite sum_kronecker by assumption; ring.
  - assert (step :
      sum N (fun k => bar k * sum N (fun j => power N (strict L) M k j * strict L j i))
      = sum N (fun j => sum N (fun k => bar k * power N (strict L) M k j) * strict L j i)).
    { rewrite (sum_ext N _ (fun k => sum N (fun j =>
        bar k * power N (strict L) M k j * strict L j i)))
        by (intros; rewrite <- sum_scal; apply sum_ext; intros; ring).
      rewrite sum_exchange; apply sum_ext; intros j _.
      rewrite (Rmult_comm _ (strict L j i)), <- sum_scal; apply sum_ext; intros; ring. }
    rewrite step.
    rewrite (sum_ext N (fun j => sum N _ * strict L j i) (fun j => bar j * strict L j i
      - sum M (fun m => power N (strict L) m (N - 1) j * strict L j i))).
    2:{ intros j Hj; rewrite (IH j Hj), (Rmult_plus_distr_r (sum M _)).
        rewrite (Rmult_comm (sum M _)), <- sum_scal.
        rewrite (sum_ext M (fun m => power N (strict L) m (N - 1) j * strict L j i)
          (fun m => strict L j i * power N (strict L) m (N - 1) j)) by (intros; ring).
        ring. }
    rewrite sum_minus, sum_exchange.
    change (sum M (fun m => sum N (fun j => power N (strict L) m (N - 1) j * strict L j i)))
      with (sum M (fun m => power N (strict L) (S m) (N - 1) i)).
    rewrite (sum_shift M (fun m => power N (strict L) m (N - 1) i)).
    replace (power N (strict L) 0 (N - 1) i) with (kronecker i (N - 1))
      by (simpl; unfold kronecker; now rewrite Nat.eqb_sym).
    rewrite (sweep i Hi) at 1; ring.
Qed.

(** ** The cheap gradient: one operation costs at most kappa in both sweeps. *)
Theorem cheap_gradient (T : nat) (c k : nat -> R) (kappa : R) :
  (forall j, (j < T)%nat -> 1 + c j + 2 * k j <= kappa) ->
  sum T (fun j => 1 + c j + 2 * k j) <= kappa * INR T.
Proof. intro H; rewrite Rmult_comm, <- sum_const; now apply sum_le. Qed.

(** ** The generalised delta rule *)

(** Pre-activations of a layer with m inputs. *)
Definition layer (m : nat) (W : nat -> nat -> R) (b a : memory) : memory :=
  fun p => sum m (fun k => W p k * a k) + b p.

Lemma sum_derive m (f : nat -> R -> R) (f' : nat -> R) t :
  (forall k, (k < m)%nat -> is_derive (f k) t (f' k)) ->
  is_derive (fun u => sum m (fun k => f k u)) t (sum m f').
Proof.
  induction m as [| m IH]; intro D; simpl; [ exact (is_derive_const 0 t) | ].
  apply (is_derive_plus (fun u => sum m (fun k => f k u)) (f m));
    [ apply IH; intros; apply D; lia | apply D; lia ].
Qed.

(** Gamma is what comes after the next layer, of width d'; the layer has width d. *)
Theorem delta_rule (d d' : nat) (Gamma : memory -> R) (W : nat -> nat -> R)
    (b s delta' : memory) (sigma sigma' : R -> R) :
  adjoint_at d' Gamma (layer d W b (fun k => sigma (s k))) delta' ->
  (forall k, (k < d)%nat -> is_derive sigma (s k) (sigma' (s k))) ->
  let C := fun s => Gamma (layer d W b (fun k => sigma (s k))) in
  let delta := fun k => sum d' (fun p => W p k * delta' p) * sigma' (s k) in
  adjoint_at d C s delta /\
  forall k, (k < d)%nat -> is_derive (fun t => C (store s k t)) (s k) (delta k).
Proof.
  intros A D C delta.
  assert (all : adjoint_at d C s delta).
  { intros curve speed t E S; unfold C.
    replace (sum d (fun i => delta i * speed i)) with
      (sum d' (fun p => delta' p * sum d (fun k => W p k * (sigma' (s k) * speed k)))).
    - apply (A (fun u => layer d W b (fun k => sigma (curve u k)))).
      + intros p _; unfold layer; f_equal; apply sum_ext; intros k Hk; now rewrite E.
      + intros p _; unfold layer.
        rewrite <- (Rplus_0_r (sum d _)).
        apply (is_derive_plus (fun u => sum d (fun k => W p k * sigma (curve u k)))
          (fun _ => b p)); [ | exact (is_derive_const (b p) t) ].
        apply (sum_derive d (fun k u => W p k * sigma (curve u k))); intros k Hk.
        apply (is_derive_scal (fun u => sigma (curve u k)) t (W p k)).
        rewrite Rmult_comm; apply (is_derive_comp sigma (fun u => curve u k));
          [ rewrite E by assumption; now apply D | now apply S ].
    - unfold delta.
      rewrite (sum_ext d' _ (fun p =>
        sum d (fun k => W p k * delta' p * (sigma' (s k) * speed k))))
        by (intros p _; rewrite <- sum_scal; apply sum_ext; intros; ring).
      rewrite sum_exchange; apply sum_ext; intros k _.
      rewrite (sum_ext d' _ (fun p => (sigma' (s k) * speed k) * (W p k * delta' p)))
        by (intros; ring).
      rewrite sum_scal; ring. }
  split; [ exact all | ]; intros k Hk; now apply (adjoint_partial d C s delta k).
Qed.

(** One weight, and one bias, of a layer with m inputs and d outputs. *)
Definition set_weight (W : nat -> nat -> R) (p k : nat) (t : R) : nat -> nat -> R :=
  fun q => if Nat.eqb q p then store (W q) k t else W q.

Theorem parameter_gradients (m d : nat) (Gamma : memory -> R) (W : nat -> nat -> R)
    (b a delta : memory) :
  adjoint_at d Gamma (layer m W b a) delta ->
  (forall p k, (p < d)%nat -> (k < m)%nat ->
    is_derive (fun t => Gamma (layer m (set_weight W p k t) b a)) (W p k) (delta p * a k)) /\
  (forall p, (p < d)%nat ->
    is_derive (fun t => Gamma (layer m W (store b p t) a)) (b p) (delta p)).
Proof.
  intro A; split.
  - intros p k Hp Hk.
    rewrite (Rmult_comm (delta p)), <- (sum_pick d delta p Hp), <- sum_scal.
    rewrite (sum_ext d _ (fun q => delta q * (kronecker q p * a k))) by (intros; ring).
    apply (A (fun t => layer m (set_weight W p k t) b a)).
    + intros q _; unfold layer; f_equal; apply sum_ext; intros i _; f_equal.
      unfold set_weight; destruct (Nat.eqb_spec q p) as [-> | ne];
        [ apply store_same | reflexivity ].
    + intros q _; unfold layer, set_weight.
      rewrite <- (Rplus_0_r (_ * a k)).
      apply (is_derive_plus (fun t => sum m (fun i =>
          (if Nat.eqb q p then store (W q) k t else W q) i * a i))
        (fun _ => b q)); [ | exact (is_derive_const (b q) (W p k)) ].
      unfold kronecker; destruct (Nat.eqb_spec q p) as [-> | ne].
      * replace (1 * a k) with (sum m (fun i => a i * kronecker i k))
          by (rewrite sum_pick by assumption; ring).
        apply (sum_derive m (fun i t => store (W p) k t i * a i)); intros i _.
        apply (is_derive_ext (fun t => a i * store (W p) k t i)); [ intro; apply Rmult_comm | ].
        apply (is_derive_scal (fun t => store (W p) k t i)), store_derive.
      * rewrite Rmult_0_l; exact (is_derive_const _ _).
  - intros p Hp; rewrite <- (sum_pick d delta p Hp).
    apply (A (fun t => layer m W (store b p t) a)).
    + intros q _; unfold layer; now rewrite store_same.
    + intros q _; unfold layer; rewrite <- (Rplus_0_l (kronecker q p)).
      apply (is_derive_plus (fun _ => sum m (fun k => W q k * a k)) (fun t => store b p t q));
        [ exact (is_derive_const _ _) | apply store_derive ].
Qed.

(** ** How long a delta can be *)
Definition euclid (d : nat) (x : memory) : R := sqrt (sum d (fun k => x k ^ 2)).

(** u is the delta of the next layer times the transposed weights, s the slopes of the
    activation function; w is any bound for the factor by which the weights make a vector
    longer, the spectral norm being the least. *)
Theorem one_layer_back (d : nat) (u s : memory) (q w next : R) : 0 <= q ->
  (forall k, (k < d)%nat -> Rabs (s k) <= q) ->
  euclid d (fun k => u k * s k) <= q * euclid d u /\
  (euclid d u <= w * next -> euclid d (fun k => u k * s k) <= q * w * next).
Proof.
  intros q0 H.
  assert (one : euclid d (fun k => u k * s k) <= q * euclid d u).
  { unfold euclid; rewrite <- (sqrt_pow2 q q0) at 1.
    rewrite <- sqrt_mult_alt by apply pow2_ge_0; apply sqrt_le_1_alt.
    rewrite <- sum_scal; apply sum_le; intros k Hk.
    rewrite Rpow_mult_distr, Rmult_comm; apply Rmult_le_compat_r; [ apply pow2_ge_0 | ].
    rewrite <- (pow2_abs (s k)); apply pow_incr; split; [ apply Rabs_pos | now apply H ]. }
  split; [ exact one | ]; intro B.
  eapply Rle_trans; [ exact one | ]; rewrite Rmult_assoc; now apply Rmult_le_compat_l.
Qed.

(** ** Size of the signals *)

(** What is used of an expectation: it is linear on the random variables that have one. *)
Record expectation (Omega : Type) := Expectation {
  mean : (Omega -> R) -> R;
  has_mean : (Omega -> R) -> Prop;
  has_mean_plus X Y : has_mean X -> has_mean Y -> has_mean (fun o => X o + Y o);
  mean_plus X Y : has_mean X -> has_mean Y -> mean (fun o => X o + Y o) = mean X + mean Y;
  has_mean_zero : has_mean (fun _ => 0);
  mean_zero : mean (fun _ => 0) = 0;
  mean_ext X Y : (forall o, X o = Y o) -> mean X = mean Y;
  has_mean_ext X Y : (forall o, X o = Y o) -> has_mean X -> has_mean Y
}.
Arguments mean {Omega}.
Arguments has_mean {Omega}.

Lemma mean_sum Omega (E : expectation Omega) m (X : nat -> Omega -> R) :
  (forall k, (k < m)%nat -> has_mean E (X k)) ->
  has_mean E (fun o => sum m (fun k => X k o)) /\
  mean E (fun o => sum m (fun k => X k o)) = sum m (fun k => mean E (X k)).
Proof.
  induction m as [| m IH]; intro H; simpl.
  - split; [ apply has_mean_zero | apply mean_zero ].
  - destruct IH as [I M]; [ intros; apply H; lia | ]; split.
    + apply (has_mean_plus _ E (fun o => sum m (fun k => X k o))); [ exact I | apply H; lia ].
    + rewrite (mean_plus _ E (fun o => sum m (fun k => X k o))), M; [ reflexivity | exact I | ].
      apply H; lia.
Qed.

(** Weights W k are independent of each other and of the activations A k: expectations of
    products of two weights and two activations are products. *)
Theorem signal_size Omega (E : expectation Omega) m (W A : nat -> Omega -> R) (tau : R) :
  (forall k l, (k < m)%nat -> (l < m)%nat ->
    has_mean E (fun o => W k o * W l o * (A k o * A l o)) /\
    mean E (fun o => W k o * W l o * (A k o * A l o))
      = mean E (fun o => W k o * W l o) * mean E (fun o => A k o * A l o)) ->
  (forall k l, (k < m)%nat -> (l < m)%nat -> k <> l ->
    mean E (fun o => W k o * W l o) = mean E (W k) * mean E (W l)) ->
  (forall k, (k < m)%nat -> mean E (W k) = 0 /\ mean E (fun o => W k o * W k o) = tau) ->
  mean E (fun o => (sum m (fun k => W k o * A k o)) ^ 2)
  = tau * sum m (fun k => mean E (fun o => A k o ^ 2)).
Proof.
  intros H indep law.
  rewrite (mean_ext _ E _ (fun o => sum m (fun k => sum m (fun l =>
    W k o * W l o * (A k o * A l o))))).
  2:{ intro o; simpl; rewrite Rmult_1_r, <- sum_scal; apply sum_ext; intros k _.
      rewrite Rmult_comm, <- sum_scal; apply sum_ext; intros; ring. }
  assert (inner : forall k, (k < m)%nat ->
    has_mean E (fun o => sum m (fun l => W k o * W l o * (A k o * A l o))) /\
    mean E (fun o => sum m (fun l => W k o * W l o * (A k o * A l o)))
    = tau * mean E (fun o => A k o ^ 2)).
  { intros k Hk.
    destruct (mean_sum Omega E m (fun l o => W k o * W l o * (A k o * A l o))) as [I M];
      [ intros l Hl; now apply H | ].
    split; [ exact I | ]; rewrite M.
    rewrite (sum_ext m _ (fun l => kronecker l k * (tau * mean E (fun o => A k o ^ 2)))).
    - now rewrite sum_kronecker.
    - intros l Hl; rewrite (proj2 (H k l Hk Hl)); unfold kronecker.
      destruct (Nat.eqb_spec l k) as [-> | ne].
      + rewrite (proj2 (law k Hk)), Rmult_1_l; f_equal; apply mean_ext; intro; ring.
      + rewrite indep, (proj1 (law k Hk)) by auto; ring. }
  destruct (mean_sum Omega E m
    (fun k o => sum m (fun l => W k o * W l o * (A k o * A l o)))) as [_ M];
    [ intros k Hk; now apply inner | ].
  rewrite M, <- sum_scal; apply sum_ext; intros k Hk; now apply inner.
Qed.

(** The backward direction: the deltas D p come back by the weights W p and are multiplied by
    a slope G that is independent of both. *)
Theorem backward_size Omega (E : expectation Omega) m (W D : nat -> Omega -> R)
    (G : Omega -> R) (tau : R) :
  (forall k l, (k < m)%nat -> (l < m)%nat ->
    has_mean E (fun o => W k o * W l o * (D k o * D l o)) /\
    mean E (fun o => W k o * W l o * (D k o * D l o))
      = mean E (fun o => W k o * W l o) * mean E (fun o => D k o * D l o)) ->
  (forall k l, (k < m)%nat -> (l < m)%nat -> k <> l ->
    mean E (fun o => W k o * W l o) = mean E (W k) * mean E (W l)) ->
  (forall k, (k < m)%nat -> mean E (W k) = 0 /\ mean E (fun o => W k o * W k o) = tau) ->
  (forall k, (k < m)%nat -> mean E (fun o => D k o ^ 2) = mean E (fun o => D 0%nat o ^ 2)) ->
  mean E (fun o => G o ^ 2 * sum m (fun k => W k o * D k o) ^ 2)
    = mean E (fun o => G o ^ 2) * mean E (fun o => sum m (fun k => W k o * D k o) ^ 2) ->
  mean E (fun o => (G o * sum m (fun k => W k o * D k o)) ^ 2)
    = mean E (fun o => G o ^ 2) * mean E (fun o => sum m (fun k => W k o * D k o) ^ 2) /\
  mean E (fun o => G o ^ 2) * mean E (fun o => sum m (fun k => W k o * D k o) ^ 2)
    = mean E (fun o => G o ^ 2) * tau * sum m (fun k => mean E (fun o => D k o ^ 2)) /\
  mean E (fun o => G o ^ 2) * tau * sum m (fun k => mean E (fun o => D k o ^ 2))
    = tau * INR m * mean E (fun o => D 0%nat o ^ 2) * mean E (fun o => G o ^ 2).
Proof.
  intros H indep law equal slope; split; [ | split ].
  - rewrite <- slope; apply mean_ext; intro o; ring.
  - rewrite (signal_size Omega E m W D tau H indep law); ring.
  - rewrite (sum_ext m _ (fun _ => mean E (fun o => D 0%nat o ^ 2))) by exact equal.
    rewrite sum_const; ring.
Qed.

(** A rectifier lets half of the square of a symmetric number through. *)
Theorem rectifier_half Omega (E : expectation Omega) (S : Omega -> R) :
  has_mean E (fun o => Rmax (S o) 0 ^ 2) -> has_mean E (fun o => Rmax (- S o) 0 ^ 2) ->
  mean E (fun o => Rmax (- S o) 0 ^ 2) = mean E (fun o => Rmax (S o) 0 ^ 2) ->
  mean E (fun o => Rmax (S o) 0 ^ 2) = / 2 * mean E (fun o => S o ^ 2).
Proof.
  intros P N sym.
  rewrite (mean_ext _ E (fun o => S o ^ 2) (fun o => Rmax (S o) 0 ^ 2 + Rmax (- S o) 0 ^ 2)).
  - rewrite (mean_plus _ E _ _ P N), sym; field.
  - intro o; unfold Rmax; destruct (Rle_dec (S o) 0), (Rle_dec (- S o) 0); try nra.
Qed.

(** ** Checking a gradient *)

(** Who is slower at every moment does not get further. *)
Lemma slower (F F' G G' : R -> R) h : 0 <= h ->
  (forall s, 0 <= s <= h ->
    is_derive F s (F' s) /\ is_derive G s (G' s) /\ Rabs (F' s) <= G' s) ->
  F 0 = 0 -> G 0 = 0 -> Rabs (F h) <= G h.
Proof.
  intros h0 D F0 G0.
  assert (grows : forall H H' : R -> R,
    (forall s, 0 <= s <= h -> is_derive H s (H' s) /\ 0 <= H' s) -> H 0 <= H h).
  { intros H H' DH.
    destruct (MVT_gen H 0 h H') as [c [Hc E]];
      try rewrite Rmin_left, Rmax_right in * by assumption.
    - intros s Hs; apply DH; lra.
    - intros s Hs; apply continuity_pt_filterlim, (ex_derive_continuous H).
      exists (H' s); now apply DH.
    - pose proof (proj2 (DH c Hc)); nra. }
  assert (up := grows (fun s => G s - F s) (fun s => G' s - F' s)).
  assert (down := grows (fun s => G s + F s) (fun s => G' s + F' s)).
  cbv beta in up, down; apply Rabs_le; split.
  - cut (G 0 + F 0 <= G h + F h); [ lra | apply down ].
    intros s Hs; destruct (D s Hs) as (DF & DG & B); split; [ now apply (is_derive_plus G F) | ].
    apply Rabs_le_between in B; lra.
  - cut (G 0 - F 0 <= G h - F h); [ lra | apply up ].
    intros s Hs; destruct (D s Hs) as (DF & DG & B); split; [ now apply (is_derive_minus G F) | ].
    apply Rabs_le_between in B; lra.
Qed.

(** Error of the central difference. *)
Theorem central_difference (f f1 f2 f3 tf : R -> R) x h K3 eta : 0 < h ->
  (forall t, x - h <= t <= x + h -> is_derive f t (f1 t) /\ is_derive f1 t (f2 t) /\
    is_derive f2 t (f3 t) /\ Rabs (f3 t) <= K3) ->
  Rabs (tf (x + h) - f (x + h)) <= eta -> Rabs (tf (x - h) - f (x - h)) <= eta ->
  Rabs ((tf (x + h) - tf (x - h)) / (2 * h) - f1 x) <= K3 * h ^ 2 / 6 + eta / h.
Proof.
  intros h0 D E1 E2.
  assert (right : forall (f f' : R -> R) s, is_derive f (x + s) (f' (x + s)) ->
    is_derive (fun s => f (x + s)) s (f' (x + s))).
  { intros g g' s Dg; replace (g' (x + s)) with (scal 1 (g' (x + s)))
      by (unfold scal; simpl; unfold mult; simpl; ring).
    apply (is_derive_comp g (fun s => x + s)); [ exact Dg | auto_derive; trivial; ring ]. }
  assert (left : forall (f f' : R -> R) s, is_derive f (x - s) (f' (x - s)) ->
    is_derive (fun s => f (x - s)) s (- f' (x - s))).
  { intros g g' s Dg; replace (- g' (x - s)) with (scal (-1) (g' (x - s)))
      by (unfold scal; simpl; unfold mult; simpl; ring).
    apply (is_derive_comp g (fun s => x - s)); [ exact Dg | auto_derive; trivial; ring ]. }
  (* second derivatives, first derivatives, values *)
  assert (A2 : forall s, 0 <= s <= h -> Rabs (f2 (x + s) - f2 (x - s)) <= 2 * K3 * s).
  { intros s Hs.
    apply (slower (fun s => f2 (x + s) - f2 (x - s)) (fun s => f3 (x + s) - - f3 (x - s))
      (fun s => 2 * K3 * s) (fun _ => 2 * K3)); [ lra | | | ring ].
    - intros r Hr; destruct (D (x + r) ltac:(lra)) as (_ & _ & P & BP).
      destruct (D (x - r) ltac:(lra)) as (_ & _ & M & BM); split; [ | split ].
      + apply (is_derive_minus (fun s => f2 (x + s)) (fun s => f2 (x - s)));
          [ now apply right | now apply left ].
      + auto_derive; trivial; ring.
      + unfold minus, plus, opp; simpl; replace (f3 (x + r) - - f3 (x - r))
          with (f3 (x + r) + f3 (x - r)) by ring.
        eapply Rle_trans; [ apply Rabs_triang | lra ].
    - rewrite Rplus_0_r, Rminus_0_r; ring. }
  assert (A1 : forall s, 0 <= s <= h ->
    Rabs (f1 (x + s) + f1 (x - s) - 2 * f1 x) <= K3 * s ^ 2).
  { intros s Hs.
    apply (slower (fun s => f1 (x + s) + f1 (x - s) - 2 * f1 x)
      (fun s => f2 (x + s) + - f2 (x - s) - 0) (fun s => K3 * s ^ 2) (fun s => 2 * K3 * s));
      [ lra | | | ring ].
    - intros r Hr; destruct (D (x + r) ltac:(lra)) as (_ & P & _).
      destruct (D (x - r) ltac:(lra)) as (_ & M & _); split; [ | split ].
      + apply (is_derive_minus (fun s => f1 (x + s) + f1 (x - s)) (fun _ => 2 * f1 x));
          [ | exact (is_derive_const _ _) ].
        apply (is_derive_plus (fun s => f1 (x + s)) (fun s => f1 (x - s)));
          [ now apply right | now apply left ].
      + auto_derive; trivial; ring.
      + replace (f2 (x + r) + - f2 (x - r) - 0) with (f2 (x + r) - f2 (x - r)) by ring.
        apply A2; lra.
    - rewrite Rplus_0_r, Rminus_0_r; ring. }
  assert (A0 : Rabs (f (x + h) - f (x - h) - 2 * f1 x * h) <= K3 * h ^ 3 / 3).
  { apply (slower (fun s => f (x + s) - f (x - s) - 2 * f1 x * s)
      (fun s => f1 (x + s) - - f1 (x - s) - 2 * f1 x) (fun s => K3 * s ^ 3 / 3)
      (fun s => K3 * s ^ 2)); [ lra | | | field ].
    - intros r Hr; destruct (D (x + r) ltac:(lra)) as (P & _).
      destruct (D (x - r) ltac:(lra)) as (M & _); split; [ | split ].
      + apply (is_derive_minus (fun s => f (x + s) - f (x - s)) (fun s => 2 * f1 x * s)).
        * apply (is_derive_minus (fun s => f (x + s)) (fun s => f (x - s)));
            [ now apply right | now apply left ].
        * auto_derive; trivial; ring.
      + auto_derive; trivial; field.
      + replace (f1 (x + r) - - f1 (x - r) - 2 * f1 x)
          with (f1 (x + r) + f1 (x - r) - 2 * f1 x) by ring.
        apply A1; lra.
    - rewrite Rplus_0_r, Rminus_0_r; ring. }
  replace ((tf (x + h) - tf (x - h)) / (2 * h) - f1 x) with
    (((tf (x + h) - f (x + h)) - (tf (x - h) - f (x - h))
      + (f (x + h) - f (x - h) - 2 * f1 x * h)) / (2 * h)) by (field; lra).
  rewrite Rabs_div, (Rabs_right (2 * h)) by lra.
  apply Rmult_le_reg_r with (2 * h); [ lra | ].
  unfold Rdiv at 1; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  replace ((K3 * h ^ 2 / 6 + eta / h) * (2 * h)) with (eta + eta + K3 * h ^ 3 / 3)
    by (field; lra).
  eapply Rle_trans; [ apply Rabs_triang | ]; apply Rplus_le_compat; [ | exact A0 ].
  unfold Rminus at 1; eapply Rle_trans; [ apply Rabs_triang | ].
  rewrite Rabs_Ropp; now apply Rplus_le_compat.
Qed.

(** The step for which the bound is smallest, and what it is there. *)
Theorem best_central_step K3 eta h0 : 0 < K3 -> 0 < h0 -> h0 ^ 3 = 3 * eta / K3 ->
  K3 * h0 ^ 2 / 6 + eta / h0 = K3 * h0 ^ 2 / 2 /\
  forall h, 0 < h -> K3 * h0 ^ 2 / 6 + eta / h0 <= K3 * h ^ 2 / 6 + eta / h.
Proof.
  intros K0 p E.
  assert (e : eta = K3 * h0 ^ 3 / 3) by (rewrite E; field; lra).
  assert (at0 : K3 * h0 ^ 2 / 6 + eta / h0 = K3 * h0 ^ 2 / 2) by (rewrite e; field; lra).
  split; [ exact at0 | ]; intros h Hh; rewrite at0, e.
  apply Rminus_le_0.
  replace (_ - _) with (K3 * ((h - h0) ^ 2 * (h + 2 * h0)) / (6 * h)) by (field; lra).
  apply Rmult_le_pos; [ | left; apply Rinv_0_lt_compat; lra ].
  apply Rmult_le_pos; [ lra | apply Rmult_le_pos; [ apply pow2_ge_0 | lra ] ].
Qed.

(** ** The complex step *)

(** Powers of i h. *)
Fixpoint step_power (h : R) (k : nat) : C :=
  match k with O => RtoC 1 | S k' => Cmult (0, h) (step_power h k') end.

(** Sum of the first n terms of the series with real coefficients c at i h. *)
Fixpoint series_at (c : nat -> R) (h : R) (n : nat) : C :=
  match n with
  | O => RtoC 0
  | S k => Cplus (series_at c h k) (Cmult (RtoC (c k)) (step_power h k))
  end.

Lemma step_power_even h m : step_power h (2 * m) = ((-1) ^ m * h ^ (2 * m), 0).
Proof.
  induction m as [| m IH]; [ simpl; unfold RtoC; f_equal; ring | ].
  replace (2 * S m)%nat with (S (S (2 * m))) by lia.
  change (step_power h (S (S (2 * m)))) with
    (Cmult (0, h) (Cmult (0, h) (step_power h (2 * m)))).
  rewrite IH; unfold Cmult; simpl; f_equal; ring.
Qed.

Lemma step_power_odd h m : step_power h (2 * m + 1) = (0, (-1) ^ m * h ^ (2 * m + 1)).
Proof.
  replace (2 * m + 1)%nat with (S (2 * m)) by lia.
  change (step_power h (S (2 * m))) with (Cmult (0, h) (step_power h (2 * m))).
  rewrite step_power_even; unfold Cmult; simpl; f_equal; ring.
Qed.

Lemma imaginary_part c h M :
  Im (series_at c h (2 * M)) = h * sum M (fun m => (-1) ^ m * c (2 * m + 1)%nat * h ^ (2 * m)).
Proof.
  induction M as [| M IH]; [ simpl; ring | ].
  replace (2 * S M)%nat with (S (2 * M + 1)) by lia.
  change (series_at c h (S (2 * M + 1))) with (Cplus (series_at c h (2 * M + 1))
    (Cmult (RtoC (c (2 * M + 1)%nat)) (step_power h (2 * M + 1)))).
  rewrite step_power_odd.
  replace (series_at c h (2 * M + 1)) with (Cplus (series_at c h (2 * M))
    (Cmult (RtoC (c (2 * M)%nat)) (step_power h (2 * M))))
    by (replace (2 * M + 1)%nat with (S (2 * M)) by lia; reflexivity).
  rewrite step_power_even.
  cbn [sum]; rewrite Rmult_plus_distr_l, <- IH.
  unfold Cplus, Cmult, RtoC, Im; cbn [fst snd].
  rewrite pow_add; ring.
Qed.

(** Taylor polynomials of degree 2 K + 1, exactly; and the limit, whenever they have one. *)
Theorem complex_step (g : R -> R) x h : h <> 0 ->
  let c := fun k => Derive_n g k x / INR (fact k) in
  let right := fun K => sum (S K) (fun m =>
    (-1) ^ m * Derive_n g (2 * m + 1) x / INR (fact (2 * m + 1)) * h ^ (2 * m)) in
  (forall K, Im (series_at c h (2 * K + 2)) / h = right K) /\
  (forall l : C, is_lim_seq (fun n => Im (series_at c h n)) (Im l) ->
    is_lim_seq right (Im l / h)).
Proof.
  intros nz c right.
  assert (exact : forall K, Im (series_at c h (2 * K + 2)) / h = right K).
  { intro K; replace (2 * K + 2)%nat with (2 * S K)%nat by lia; rewrite imaginary_part.
    unfold right; replace (h * _ / h) with
      (sum (S K) (fun m => (-1) ^ m * c (2 * m + 1)%nat * h ^ (2 * m))) by (field; assumption).
    apply sum_ext; intros m _; unfold c, Rdiv; ring. }
  split; [ exact exact | ]; intros l lim.
  apply (is_lim_seq_ext (fun K => / h * Im (series_at c h (2 * K + 2)))).
  - intro K; rewrite <- exact; unfold Rdiv; ring.
  - replace (Finite (Im l / h)) with (Rbar_mult (/ h) (Im l))
      by (simpl; f_equal; unfold Rdiv; ring).
    apply is_lim_seq_scal_l, (is_lim_seq_subseq (fun n => Im (series_at c h n))); [ | exact lim ].
    apply eventually_subseq; intro n; lia.
Qed.

(** The axioms of all at once: to print them one by one takes twenty times as long. *)
Definition theorems := (
  @reverse_accumulation_is_gradient,
  @unary_sound,
  @add_sound,
  @subtract_sound,
  @multiply_sound,
  @divide_sound,
  @exercise_one,
  @exercise_two,
  @exercise_two_other_reading,
  @exercise_three,
  @exercise_three_sweep,
  @differentiable_has_adjoints,
  @remaining_gradient,
  @chain_step,
  @reverse_accumulation,
  @sum_over_paths,
  @triangular_system,
  @forward_mode,
  @forward_is_reverse,
  @duality,
  @inverses_exist,
  @unrolled,
  @cheap_gradient,
  @delta_rule,
  @parameter_gradients,
  @one_layer_back,
  @signal_size,
  @backward_size,
  @rectifier_half,
  @central_difference,
  @best_central_step,
  @complex_step).

Print Assumptions theorems.
