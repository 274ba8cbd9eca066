;; A component that exports `greet: func(value: s32) -> s32`, which increments
;; its argument.
(component
  (core module $code
    (func (export "greet") (param i32) (result i32)
      local.get 0
      i32.const 1
      i32.add))
  (core instance $code (instantiate $code))
  (func (export "greet") (param "value" s32) (result s32)
    (canon lift (core func $code "greet"))))
