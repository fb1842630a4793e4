// Package spelling knows how the disk spells a path, where one file answers to several
// spellings: on Windows names differ in nothing by their case, and long ones have a short
// form.
//
// # Guarantees
//
//   - What is spelt as the disk does is the same text for the same file, but for links.
//   - What is not there stays as it was written.
package spelling
