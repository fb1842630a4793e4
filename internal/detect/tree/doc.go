// Package tree reads a folder of which nothing is known, within bounds.
//
// # Guarantees
//
//   - Nothing is written and nothing is run.
//   - However large, broken or hostile the folder is, reading it ends: the depth,
//     the number of folders, of names in a folder, of files that are read, and
//     their sizes are limited (the constants of this package).
//   - Folders that others fill (node_modules, vendor, target, hidden ones) are not
//     entered, so what lies in them costs nothing.
//   - A folder behind a symbolic link is not entered. What a link to a file may
//     reach is decided by the file system that is handed in: that of an [os.Root]
//     never leaves its folder.
//   - A text is valid UTF-8 with LF at the ends of lines and without a byte order
//     mark. What is no such text is not there, and is told by [Tree.Faults].
//
// A Tree belongs to one goroutine.
package tree
