//! Reading one function: which of its instructions make NaNs that are seen.

mod control;
mod plain;

use wasmparser::{FuncType, FunctionBody, Operator, OperatorsReader, ValType};

use super::Refused;
use super::flow::{Flow, Makes, Shapes, Site, Vertex, Via};
use super::operators;
use super::signatures::{Signatures, has_numbers};
use control::Kind;

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
    locals: Vec<Vertex>,
    stack: Vec<Vertex>,
    blocks: Vec<Block>,
}

struct Block {
    /// How high the stack was below its parameters.
    height: usize,
    /// Whether what follows, up to its end, is never run.
    unreachable: bool,
    /// What a branch to it gives its values to.
    target: Vec<Vertex>,
    /// What it leaves.
    results: Vec<Vertex>,
    /// What the other branch of an `if` begins with.
    otherwise: Option<Vec<Vertex>>,
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
        let results = vec![Vertex::SEEN; ty.results().len()];
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

    fn take(&mut self, count: usize) -> Option<()> {
        for _ in 0..count {
            let value = self.pop()?;
            self.flow.see(value, Shapes::ALL);
        }
        Some(())
    }

    fn give(&mut self, count: usize) {
        self.stack
            .extend(std::iter::repeat_n(Vertex::CERTAIN, count));
    }

    fn pop(&mut self) -> Option<Vertex> {
        let block = self.blocks.last()?;
        if self.stack.len() > block.height {
            return self.stack.pop();
        }
        block.unreachable.then_some(Vertex::CERTAIN)
    }

    fn local(&self, index: u32) -> Option<Vertex> {
        self.locals.get(index as usize).copied()
    }

    fn set(&mut self, index: u32, value: Vertex) -> Option<()> {
        let local = self.local(index)?;
        self.flow.keep(local, value, Via::Copy);
        Some(())
    }

    fn made_unknown(&mut self, behind: usize, makes: Makes) {
        self.flow.made(behind, makes);
    }
}

fn holder(flow: &mut Flow, ty: ValType) -> Vertex {
    if has_numbers(ty) {
        flow.vertex()
    } else {
        Vertex::CERTAIN
    }
}
