//! Blocks, branches and calls.

use wasmparser::{BlockType, BrTable, FuncType};

use super::{Block, Function, holder};
use crate::nan::flow::{Vertex, Via};

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Block,
    Loop,
    If,
}

impl Function<'_> {
    pub(super) fn enter(&mut self, ty: &BlockType, kind: Kind) -> Option<()> {
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

    pub(super) fn otherwise(&mut self) -> Option<()> {
        let results = self.blocks.last()?.results.clone();
        self.flow_into(&results);
        let block = self.blocks.last_mut()?;
        let values = block.otherwise.take()?;
        block.unreachable = false;
        self.stack.truncate(block.height);
        self.stack.extend(values);
        Some(())
    }

    pub(super) fn leave(&mut self) -> Option<()> {
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

    pub(super) fn branch(&mut self, depth: u32) -> Option<()> {
        let at = self.blocks.len().checked_sub(1 + depth as usize)?;
        let target = self.blocks.get(at)?.target.clone();
        self.flow_into(&target);
        Some(())
    }

    pub(super) fn table(&mut self, targets: &BrTable<'_>) -> Option<()> {
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
    fn flow_into(&mut self, held: &[Vertex]) {
        let floor = self.blocks.last().map_or(0, |block| block.height);
        let present = self.stack.get(floor..).unwrap_or_default();
        // In code that is never run there may be fewer.
        for (held, value) in held.iter().rev().zip(present.iter().rev()) {
            self.flow.keep(*held, *value, Via::Copy);
        }
    }

    pub(super) fn unreachable(&mut self) -> Option<()> {
        let block = self.blocks.last_mut()?;
        block.unreachable = true;
        self.stack.truncate(block.height);
        Some(())
    }

    pub(super) fn call(&mut self, ty: &FuncType) -> Option<()> {
        self.take(ty.params().len())?;
        self.give(ty.results().len());
        Some(())
    }
}
