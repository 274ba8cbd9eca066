//! Reading one function: which of its instructions make NaNs that are seen.

use wasmparser::{
    BlockType, BrTable, FuncType, FunctionBody, ModuleArity, Operator, OperatorsReader, ValType,
};

use super::Refused;
use super::flow::{Flow, Node, Shapes, Site, Via};
use super::operators::{self, Effect};
use super::signatures::{Signatures, has_numbers};

/// The instructions of a valid function whose NaNs are seen, in order.
pub(super) fn seen(
    signatures: &Signatures,
    ty: &FuncType,
    body: &FunctionBody<'_>,
) -> Result<Vec<Site>, Refused> {
    let mut reader = body.get_operators_reader()?;
    if !makes_any(reader.clone())? {
        return Ok(Vec::new());
    }
    let mut function = Function::new(signatures, ty, body)?;
    let mut known = true;
    while !reader.eof() {
        let operator = reader.read()?;
        let behind = reader.original_position();
        if known {
            known = function.operator(&operator, behind).is_some();
        }
        if !known && let Some(makes) = operators::makes(&operator) {
            // What an instruction that is not known does with the stack is not
            // known either.
            function.made_unknown(behind, makes);
        }
    }
    let mut sites = function.flow.sites(!known);
    sites.retain(|site| site.seen);
    sites.dedup_by_key(|site| site.behind);
    Ok(sites)
}

fn makes_any(mut reader: OperatorsReader<'_>) -> Result<bool, Refused> {
    while !reader.eof() {
        if operators::makes(&reader.read()?).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The state between two instructions.
struct Function<'a> {
    signatures: &'a Signatures,
    flow: Flow,
    /// One for each local variable, wherever in the function it is set: what is
    /// known of it holds for all of the function.
    locals: Vec<Node>,
    stack: Vec<Node>,
    blocks: Vec<Block>,
}

struct Block {
    /// How high the stack was below its parameters.
    height: usize,
    /// Whether what follows, up to its end, is never run.
    unreachable: bool,
    /// What a branch to it gives its values to.
    target: Vec<Node>,
    /// What it leaves.
    results: Vec<Node>,
    /// What the other branch of an `if` begins with.
    otherwise: Option<Vec<Node>>,
}

impl<'a> Function<'a> {
    fn new(
        signatures: &'a Signatures,
        ty: &FuncType,
        body: &FunctionBody<'_>,
    ) -> Result<Self, Refused> {
        let mut flow = Flow::new();
        let mut locals: Vec<_> = ty
            .params()
            .iter()
            .map(|ty| holder(&mut flow, *ty))
            .collect();
        for group in body.get_locals_reader()? {
            let (count, ty) = group?;
            for _ in 0..count {
                locals.push(holder(&mut flow, ty));
            }
        }
        let results = vec![Node::SEEN; ty.results().len()];
        Ok(Self {
            signatures,
            flow,
            locals,
            stack: Vec::new(),
            blocks: vec![Block {
                height: 0,
                unreachable: false,
                target: results.clone(),
                results,
                otherwise: None,
            }],
        })
    }

    /// `None` from an instruction on that is not known.
    fn operator(&mut self, operator: &Operator<'_>, behind: usize) -> Option<()> {
        use Operator as O;
        match operator {
            O::Block { blockty } => self.enter(blockty, Kind::Block),
            O::Loop { blockty } => self.enter(blockty, Kind::Loop),
            O::If { blockty } => {
                self.pop()?;
                self.enter(blockty, Kind::If)
            }
            // What is caught is certain, since it was when it was thrown.
            O::TryTable { try_table } => self.enter(&try_table.ty, Kind::Block),
            O::Else => self.otherwise(),
            O::End => self.leave(),
            O::Br { relative_depth } => {
                self.branch(*relative_depth)?;
                self.unreachable()
            }
            O::BrIf { relative_depth } => {
                self.pop()?;
                self.branch(*relative_depth)
            }
            O::BrTable { targets } => self.table(targets),
            O::Return => {
                self.branch(u32::try_from(self.blocks.len()).ok()?.checked_sub(1)?)?;
                self.unreachable()
            }
            O::Unreachable => self.unreachable(),
            O::Throw { tag_index } => {
                let ty = self.signatures.of_tag(*tag_index)?;
                self.take(ty.params().len())?;
                self.unreachable()
            }
            O::ThrowRef => {
                self.pop()?;
                self.unreachable()
            }
            O::Call { function_index } => self.call(self.signatures.of_function(*function_index)?),
            O::ReturnCall { function_index } => {
                self.call(self.signatures.of_function(*function_index)?)?;
                self.unreachable()
            }
            O::CallIndirect { type_index, .. } | O::CallRef { type_index } => {
                self.pop()?;
                self.call(self.signatures.of_type(*type_index)?)
            }
            O::ReturnCallIndirect { type_index, .. } | O::ReturnCallRef { type_index } => {
                self.pop()?;
                self.call(self.signatures.of_type(*type_index)?)?;
                self.unreachable()
            }
            O::Drop => self.pop().map(drop),
            O::Select | O::TypedSelect { .. } => {
                self.pop()?;
                let operands = [self.pop()?, self.pop()?];
                self.keep(operands);
                Some(())
            }
            O::LocalGet { local_index } => {
                let local = self.local(*local_index)?;
                self.stack.push(local);
                Some(())
            }
            O::LocalSet { local_index } => {
                let value = self.pop()?;
                self.set(*local_index, value)
            }
            O::LocalTee { local_index } => {
                let value = self.pop()?;
                self.stack.push(value);
                self.set(*local_index, value)
            }
            // These move control as well, and the engine does without them.
            O::BrOnNull { .. }
            | O::BrOnNonNull { .. }
            | O::Try { .. }
            | O::Catch { .. }
            | O::CatchAll
            | O::Rethrow { .. }
            | O::Delegate { .. } => None,
            _ => self.plain(operator, behind),
        }
    }

    fn plain(&mut self, operator: &Operator<'_>, behind: usize) -> Option<()> {
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
                self.stack.push(Node::CERTAIN);
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
    fn look_at_one(&mut self, takes: Shapes) -> Option<Node> {
        let value = self.pop()?;
        self.flow.see(value, takes.others());
        Some(value)
    }

    fn look(&mut self, takes: Shapes, operands: u8) -> Option<()> {
        (0..operands).try_for_each(|_| self.look_at_one(takes).map(drop))
    }

    /// Gives a value that may be either of two.
    fn keep(&mut self, [a, b]: [Node; 2]) {
        let kept = if a == b || b == Node::CERTAIN {
            a
        } else if a == Node::CERTAIN {
            b
        } else {
            let either = self.flow.node();
            self.flow.keep(either, a, Via::Copy);
            self.flow.keep(either, b, Via::Copy);
            either
        };
        self.stack.push(kept);
    }

    /// Gives a value some of whose bits are those of another, understood
    /// otherwise.
    fn lane(&mut self, value: Node, to: Shapes, from: Shapes) {
        if value == Node::CERTAIN {
            self.stack.push(value);
            return;
        }
        let moved = self.flow.node();
        self.flow.keep(moved, value, Via::Lane { to, from });
        self.stack.push(moved);
    }

    fn enter(&mut self, ty: &BlockType, kind: Kind) -> Option<()> {
        let signatures = self.signatures;
        let (takes, gives) = signatures.of_block(ty)?;
        let mut values = (0..takes.len())
            .map(|_| self.pop())
            .collect::<Option<Vec<_>>>()?;
        values.reverse();
        let results: Vec<_> = gives.iter().map(|ty| holder(&mut self.flow, *ty)).collect();
        let mut block = Block {
            height: self.stack.len(),
            unreachable: false,
            target: results.clone(),
            results,
            otherwise: None,
        };
        match kind {
            Kind::Block => {}
            Kind::If => block.otherwise = Some(values.clone()),
            Kind::Loop => {
                // A branch to it begins it again.
                block.target = takes.iter().map(|ty| holder(&mut self.flow, *ty)).collect();
                for (held, value) in block.target.iter().zip(&values) {
                    self.flow.keep(*held, *value, Via::Copy);
                }
                values.clone_from(&block.target);
            }
        }
        self.blocks.push(block);
        self.stack.extend(values);
        Some(())
    }

    fn otherwise(&mut self) -> Option<()> {
        let results = self.blocks.last()?.results.clone();
        self.flow_into(&results);
        let block = self.blocks.last_mut()?;
        let values = block.otherwise.take()?;
        block.unreachable = false;
        self.stack.truncate(block.height);
        self.stack.extend(values);
        Some(())
    }

    fn leave(&mut self) -> Option<()> {
        let results = self.blocks.last()?.results.clone();
        self.flow_into(&results);
        let block = self.blocks.pop()?;
        for (held, value) in results.iter().zip(block.otherwise.iter().flatten()) {
            self.flow.keep(*held, *value, Via::Copy);
        }
        self.stack.truncate(block.height);
        self.stack.extend(results);
        Some(())
    }

    fn branch(&mut self, depth: u32) -> Option<()> {
        let at = self.blocks.len().checked_sub(1 + depth as usize)?;
        let target = self.blocks.get(at)?.target.clone();
        self.flow_into(&target);
        Some(())
    }

    fn table(&mut self, targets: &BrTable<'_>) -> Option<()> {
        self.pop()?;
        let mut depths = targets.targets().collect::<Result<Vec<_>, _>>().ok()?;
        depths.push(targets.default());
        depths.sort_unstable();
        depths.dedup();
        for depth in depths {
            self.branch(depth)?;
        }
        self.unreachable()
    }

    /// The values on top of the stack, which stay there, go to these.
    fn flow_into(&mut self, held: &[Node]) {
        let floor = self.blocks.last().map_or(0, |block| block.height);
        let present = self.stack.get(floor..).unwrap_or_default();
        // In code that is never run there may be fewer.
        for (held, value) in held.iter().rev().zip(present.iter().rev()) {
            self.flow.keep(*held, *value, Via::Copy);
        }
    }

    fn unreachable(&mut self) -> Option<()> {
        let block = self.blocks.last_mut()?;
        block.unreachable = true;
        self.stack.truncate(block.height);
        Some(())
    }

    fn call(&mut self, ty: &FuncType) -> Option<()> {
        self.take(ty.params().len())?;
        self.give(ty.results().len());
        Some(())
    }

    fn take(&mut self, count: usize) -> Option<()> {
        for _ in 0..count {
            let value = self.pop()?;
            self.flow.see(value, Shapes::ALL);
        }
        Some(())
    }

    fn give(&mut self, count: usize) {
        self.stack.extend(std::iter::repeat_n(Node::CERTAIN, count));
    }

    fn pop(&mut self) -> Option<Node> {
        let block = self.blocks.last()?;
        if self.stack.len() > block.height {
            return self.stack.pop();
        }
        block.unreachable.then_some(Node::CERTAIN)
    }

    fn local(&self, index: u32) -> Option<Node> {
        self.locals.get(index as usize).copied()
    }

    fn set(&mut self, index: u32, value: Node) -> Option<()> {
        let local = self.local(index)?;
        self.flow.keep(local, value, Via::Copy);
        Some(())
    }

    fn made_unknown(&mut self, behind: usize, makes: super::flow::Makes) {
        self.flow.made(behind, makes);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Block,
    Loop,
    If,
}

fn holder(flow: &mut Flow, ty: ValType) -> Node {
    if has_numbers(ty) {
        flow.node()
    } else {
        Node::CERTAIN
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
