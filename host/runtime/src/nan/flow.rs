//! Where values come from, and whose bits are seen.
//!
//! A graph of the values of one function: each vertex that keeps the bits of
//! others has an edge to each of them. Demands are put on vertices whose bits are
//! seen, and in the end follow the edges back to the instructions that made
//! them.

/// A set of interpretations, since a vector's bits may be two or four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shapes(u8);

impl Shapes {
    pub(super) const NONE: Self = Self(0);
    /// A number that is no vector.
    pub(super) const SCALAR: Self = Self(1);
    /// Four of single precision.
    pub(super) const F32X4: Self = Self(2);
    /// Two of double precision.
    pub(super) const F64X2: Self = Self(4);
    /// The bits themselves.
    pub(super) const ALL: Self = Self(7);

    /// The interpretations that are not these.
    pub(super) const fn others(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A value, or several that are not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Vertex(u32);

impl Vertex {
    /// What needs no care: integers, and numbers whose bits are certain.
    pub(super) const CERTAIN: Self = Self(0);
    /// What is put here is seen: the results of the function.
    pub(super) const SEEN: Self = Self(1);
}

/// An instruction that may make a NaN, and is followed by a replacement if its
/// bits are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Site {
    /// The offset of the instruction behind it.
    pub(super) behind: usize,
    /// What it makes.
    pub(super) makes: Makes,
    /// Whether anything sees it.
    pub(super) seen: bool,
}

/// The type of a number, or of each lane of a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Makes {
    F32,
    F64,
    F32x4,
    F64x2,
}

impl Makes {
    pub(super) fn shape(self) -> Shapes {
        match self {
            Self::F32 | Self::F64 => Shapes::SCALAR,
            Self::F32x4 => Shapes::F32X4,
            Self::F64x2 => Shapes::F64X2,
        }
    }
}

#[derive(Clone, Copy)]
struct Value {
    first_edge: Option<u32>,
    site: Option<u32>,
    seen: Shapes,
}

/// Keeps the bits of `from`.
#[derive(Clone, Copy)]
struct Edge {
    from: Vertex,
    next: Option<u32>,
    via: Via,
}

/// How a demand changes on its way from a value to one that it keeps bits of.
#[derive(Clone, Copy)]
pub(super) enum Via {
    /// Not at all.
    Copy,
    /// Only those for the one interpretation matter, and become the other.
    Lane { to: Shapes, from: Shapes },
}

/// The values of one function.
pub(super) struct Flow {
    values: Vec<Value>,
    edges: Vec<Edge>,
    demands: Vec<(Vertex, Shapes)>,
    sites: Vec<Site>,
}

impl Flow {
    pub(super) fn new() -> Self {
        let mut flow = Self {
            values: Vec::new(),
            edges: Vec::new(),
            demands: Vec::new(),
            sites: Vec::new(),
        };
        flow.vertex();
        flow.vertex();
        flow
    }

    /// A value that keeps no bits yet.
    pub(super) fn vertex(&mut self) -> Vertex {
        let vertex = Vertex(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
        self.values.push(Value {
            first_edge: None,
            site: None,
            seen: Shapes::NONE,
        });
        vertex
    }

    /// What an instruction makes.
    pub(super) fn made(&mut self, behind: usize, makes: Makes) -> Vertex {
        let vertex = self.vertex();
        let site = u32::try_from(self.sites.len()).unwrap_or(u32::MAX);
        self.sites.push(Site {
            behind,
            makes,
            seen: false,
        });
        self.values[vertex.0 as usize].site = Some(site);
        vertex
    }

    /// `to` may be what `from` is.
    pub(super) fn keep(&mut self, to: Vertex, from: Vertex, via: Via) {
        if from == Vertex::CERTAIN || to == Vertex::CERTAIN || to == from {
            return;
        }
        if to == Vertex::SEEN {
            self.see(from, Shapes::ALL);
            return;
        }
        let edge = u32::try_from(self.edges.len()).unwrap_or(u32::MAX);
        let next = self.values[to.0 as usize].first_edge.replace(edge);
        self.edges.push(Edge { from, next, via });
    }

    /// Something sees the bits of these interpretations.
    pub(super) fn see(&mut self, vertex: Vertex, shapes: Shapes) {
        if vertex != Vertex::CERTAIN && !shapes.is_empty() {
            self.demands.push((vertex, shapes));
        }
    }

    /// The sites, in the order they were made in; with `all`, every one is seen.
    pub(super) fn sites(mut self, all: bool) -> Vec<Site> {
        if all {
            for site in &mut self.sites {
                site.seen = true;
            }
            return self.sites;
        }
        while let Some((vertex, shapes)) = self.demands.pop() {
            let value = &mut self.values[vertex.0 as usize];
            let new = Shapes(shapes.0 & !value.seen.0);
            if new.is_empty() {
                continue;
            }
            value.seen.0 |= new.0;
            if let Some(site) = value.site {
                let site = &mut self.sites[site as usize];
                site.seen |= !new.and(site.makes.shape()).is_empty();
            }
            let mut next = value.first_edge;
            while let Some(edge) = next.map(|edge| self.edges[edge as usize]) {
                let through = match edge.via {
                    Via::Copy => new,
                    Via::Lane { to, from } if !new.and(to).is_empty() => from,
                    Via::Lane { .. } => Shapes::NONE,
                };
                if !through.is_empty() {
                    self.demands.push((edge.from, through));
                }
                next = edge.next;
            }
        }
        self.sites
    }
}
