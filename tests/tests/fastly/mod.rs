mod later;
mod module;
mod refusals;
