package tool

// PythonProgram runs Python outside of an environment: its installer for
// Windows makes no python3.
const PythonProgram = "python"
