(component
  (import "demo:greet/names@0.1.0" (instance $n
    (export "thing" (type (sub resource)))
    (export "first" (func (result string)))))
  (component $inner
    (core module $m (func (export "f") (result i32) i32.const 7))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (instance $made (instantiate $inner))
  (export "demo:greet/greeter@0.1.0" (instance $made)))
