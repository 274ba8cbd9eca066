(component
  (import "demo:math/ops@0.1.0" (instance $ops
    (export "add" (func (param "a" s32) (param "b" s32) (result s32)))))
  (core func $add (canon lower (func $ops "add")))
  (core module $m
    (import "ops" "add" (func $add (param i32 i32) (result i32)))
    (func (export "run") (result i32)
      i32.const 40
      i32.const 2
      call $add))
  (core instance $i (instantiate $m
    (with "ops" (instance (export "add" (func $add))))))
  (func (export "run") (result s32) (canon lift (core func $i "run"))))
