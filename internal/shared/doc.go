// Package shared touches files that others have open as well: an editor that saves, Git
// that renames its index, a virus scanner that looks at whatever is new.
//
// # Guarantees
//
//   - What is opened here keeps nobody from renaming, replacing or removing the file
//     meanwhile. Windows lets whoever opens a file forbid that, and package os does.
//   - A rename or removal that fails only because somebody has the file open is tried
//     again for up to 2 s, and then its error is returned. Every other error is returned
//     at once.
//   - On systems where an open file is in nobody's way, all of it is package os.
package shared
