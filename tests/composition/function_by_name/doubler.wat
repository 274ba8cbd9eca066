(component
  (core module $m
    (func (export "double") (param i32) (result i32)
      local.get 0
      i32.const 2
      i32.mul))
  (core instance $i (instantiate $m))
  (func (export "double") (param "n" u32) (result u32)
    (canon lift (core func $i "double"))))
