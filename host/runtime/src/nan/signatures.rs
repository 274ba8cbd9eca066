//! What the functions of a module take and give.

use wasmparser::{
    BinaryReader, BlockType, CompositeInnerType, FuncType, FunctionSectionReader,
    ImportSectionReader, TagSectionReader, TypeRef, TypeSectionReader, ValType,
};

use super::Refused;

/// The signatures of one module.
#[derive(Default)]
pub(super) struct Signatures {
    /// By type; `None` where it is none of a function.
    types: Vec<Option<FuncType>>,
    /// The type of each function, imported ones first.
    functions: Vec<u32>,
    /// The type of each tag, imported ones first.
    tags: Vec<u32>,
    imported: usize,
}

impl Signatures {
    /// Takes what one section says.
    pub(super) fn read(&mut self, id: u8, content: &[u8]) -> Result<(), Refused> {
        let reader = BinaryReader::new(content, 0);
        match id {
            1 => {
                for group in TypeSectionReader::new(reader)? {
                    for ty in group?.into_types() {
                        self.types.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => Some(ty),
                            _ => None,
                        });
                    }
                }
            }
            2 => {
                for import in ImportSectionReader::new(reader)?.into_imports() {
                    match import?.ty {
                        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                            self.functions.push(ty);
                            self.imported += 1;
                        }
                        TypeRef::Tag(tag) => self.tags.push(tag.func_type_idx),
                        _ => {}
                    }
                }
            }
            3 => {
                for ty in FunctionSectionReader::new(reader)? {
                    self.functions.push(ty?);
                }
            }
            13 => {
                for tag in TagSectionReader::new(reader)? {
                    self.tags.push(tag?.func_type_idx);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The signature of a type.
    pub(super) fn of_type(&self, ty: u32) -> Option<&FuncType> {
        self.types.get(ty as usize)?.as_ref()
    }

    /// The signature of a function.
    pub(super) fn of_function(&self, function: u32) -> Option<&FuncType> {
        self.of_type(*self.functions.get(function as usize)?)
    }

    /// The signature of the function whose body is at this place of the code.
    pub(super) fn of_body(&self, index: usize) -> Option<&FuncType> {
        self.of_type(*self.functions.get(self.imported.checked_add(index)?)?)
    }

    /// What an exception of this tag carries.
    pub(super) fn of_tag(&self, tag: u32) -> Option<&FuncType> {
        self.of_type(*self.tags.get(tag as usize)?)
    }

    /// What a block takes and gives.
    pub(super) fn of_block<'a>(
        &'a self,
        ty: &'a BlockType,
    ) -> Option<(&'a [ValType], &'a [ValType])> {
        Some(match ty {
            BlockType::Empty => (&[], &[]),
            BlockType::Type(ty) => (&[], std::slice::from_ref(ty)),
            BlockType::FuncType(ty) => {
                let ty = self.of_type(*ty)?;
                (ty.params(), ty.results())
            }
        })
    }
}

/// Whether values of this type can be NaNs.
pub(super) fn has_numbers(ty: ValType) -> bool {
    matches!(ty, ValType::F32 | ValType::F64 | ValType::V128)
}
