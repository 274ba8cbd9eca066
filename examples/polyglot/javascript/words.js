// The words of a text.
export const words = {
  split: (text) => text.toLowerCase().match(/\p{L}+/gu) ?? [],
};
