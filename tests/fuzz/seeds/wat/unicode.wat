(component
  (import "é" (func))
