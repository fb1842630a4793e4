//go:build unix

package tool

// PythonProgram runs Python outside of an environment.
const PythonProgram = "python3"
