//! Instructions that move no control.

use wasmparser::{BlockType, FuncType, ModuleArity, Operator};

use super::Function;
use crate::nan::flow::{Shapes, Vertex, Via};
use crate::nan::operators::{self, Effect};

impl Function<'_> {
    pub(super) fn plain(&mut self, operator: &Operator<'_>, behind: usize) -> Option<()> {
        match operators::effect(operator) {
            Effect::Makes {
                makes,
                takes,
                operands,
            } => {
                self.look(takes, operands)?;
                let made = self.flow.made(behind, makes);
                self.stack.push(made);
            }
            Effect::Ignores { takes, operands } => {
                self.look(takes, operands)?;
                self.stack.push(Vertex::CERTAIN);
            }
            Effect::Keeps { takes, operands } => {
                let first = self.look_at_one(takes)?;
                let second = match operands {
                    2 => self.look_at_one(takes)?,
                    _ => first,
                };
                self.keep([first, second]);
            }
            Effect::CopySign => {
                let sign = self.pop()?;
                self.flow.see(sign, Shapes::ALL);
            }
            Effect::Splat(shape) => {
                let number = self.pop()?;
                self.lane(number, shape, Shapes::SCALAR);
            }
            Effect::Extract(shape) => {
                let vector = self.look_at_one(shape)?;
                self.lane(vector, Shapes::SCALAR, shape);
            }
            Effect::Replace(shape) => {
                let number = self.pop()?;
                let vector = self.look_at_one(shape)?;
                self.lane(number, shape, Shapes::SCALAR);
                let replaced = self.pop()?;
                self.keep([vector, replaced]);
            }
            Effect::Shuffle(lanes) => {
                let whole = operators::whole_lanes(&lanes);
                let operands = [self.look_at_one(whole)?, self.look_at_one(whole)?];
                self.keep(operands);
            }
            Effect::Other => {
                let (takes, gives) = operator.operator_arity(&Nothing)?;
                self.take(takes as usize)?;
                self.give(gives as usize);
            }
        }
        Some(())
    }

    /// Takes a value that is understood as `takes`; as anything else, its bits
    /// are seen.
    fn look_at_one(&mut self, takes: Shapes) -> Option<Vertex> {
        let value = self.pop()?;
        self.flow.see(value, takes.others());
        Some(value)
    }

    fn look(&mut self, takes: Shapes, operands: u8) -> Option<()> {
        (0..operands).try_for_each(|_| self.look_at_one(takes).map(drop))
    }

    /// Gives a value that may be either of two.
    pub(super) fn keep(&mut self, [a, b]: [Vertex; 2]) {
        let kept = if a == b || b == Vertex::CERTAIN {
            a
        } else if a == Vertex::CERTAIN {
            b
        } else {
            let either = self.flow.vertex();
            self.flow.keep(either, a, Via::Copy);
            self.flow.keep(either, b, Via::Copy);
            either
        };
        self.stack.push(kept);
    }

    /// Gives a value some of whose bits are those of another, understood
    /// otherwise.
    fn lane(&mut self, value: Vertex, to: Shapes, from: Shapes) {
        if value == Vertex::CERTAIN {
            self.stack.push(value);
            return;
        }
        let moved = self.flow.vertex();
        self.flow.keep(moved, value, Via::Lane { to, from });
        self.stack.push(moved);
    }
}

/// Nothing is known of a module: the instructions that would have to know are
/// looked at before.
struct Nothing;

impl ModuleArity for Nothing {
    fn sub_type_at(&self, _: u32) -> Option<&wasmparser::SubType> {
        None
    }
    fn tag_type_arity(&self, _: u32) -> Option<(u32, u32)> {
        None
    }
    fn type_index_of_function(&self, _: u32) -> Option<u32> {
        None
    }
    fn func_type_of_cont_type(&self, _: &wasmparser::ContType) -> Option<&FuncType> {
        None
    }
    fn sub_type_of_ref_type(&self, _: &wasmparser::RefType) -> Option<&wasmparser::SubType> {
        None
    }
    fn control_stack_height(&self) -> u32 {
        0
    }
    fn label_block(&self, _: u32) -> Option<(BlockType, wasmparser::FrameKind)> {
        None
    }
}
