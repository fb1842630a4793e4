export const heading = "the admin";
