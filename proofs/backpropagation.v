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
  @exercise_three_sweep).

Print Assumptions theorems.
