// Package tool knows what programs are: which of them serve, on which port and how
// they are told another one, which files of their own say more, which restart what
// they run, and which are never started.
//
// [Tools.Understand] makes a service of a leaf, wherever its command was found. The
// tables are in table_script.go (programs of node_modules) and table_foreign.go; a
// row may have a look, which reads the tool's own files and may change everything
// about the service.
//
// What is known of flags and defaults without a file that says so is in the tables
// alone.
package tool
