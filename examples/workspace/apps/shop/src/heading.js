export const heading = "the shop";
