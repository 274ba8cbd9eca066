export const variants = {
  area(shape) {
    switch (shape.tag) {
      case "nothing":
        return 0;
      case "square":
        return shape.val * shape.val;
      case "rectangle":
        return shape.val.width * shape.val.height;
      default:
        return -1;
    }
  },
  double(shape) {
    switch (shape.tag) {
      case "nothing":
        return shape;
      case "square":
        return { tag: "square", val: 2 * shape.val };
      case "rectangle":
        return { tag: "rectangle", val: { width: 2 * shape.val.width, height: 2 * shape.val.height } };
      default:
        return { tag: "named", val: shape.val.repeat(2) };
    }
  },
};
