;; left, right and left again, as the digits of a number.
(component
  (import "demo:diamond/left@1.0.0" (instance $left (export "get" (func (result u32)))))
  (import "demo:diamond/right@1.0.0" (instance $right (export "get" (func (result u32)))))
  (core func $get-left (canon lower (func $left "get")))
  (core func $get-right (canon lower (func $right "get")))
  (core module $m
    (import "from" "left" (func $left (result i32)))
    (import "from" "right" (func $right (result i32)))
    (func (export "run") (result i32)
      (i32.mul (call $left) (i32.const 100))
      (i32.mul (call $right) (i32.const 10))
      i32.add
      call $left
      i32.add))
  (core instance $i (instantiate $m
    (with "from" (instance
      (export "left" (func $get-left))
      (export "right" (func $get-right))))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
