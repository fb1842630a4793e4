// The folder of modules is shared by all tests; what is made from it is not.
export default { cacheDir: ".vite", clearScreen: false };
