(component
  (import "double" (func $double (param "n" u32) (result u32)))
  (core func $lowered (canon lower (func $double)))
  (core module $m
    (import "from" "double" (func $double (param i32) (result i32)))
    (func (export "run") (result i32)
      i32.const 21
      call $double))
  (core instance $i (instantiate $m
    (with "from" (instance (export "double" (func $lowered))))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
