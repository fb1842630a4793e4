// Package gitignore answers what Git ignores: by the .gitignore of each folder of a
// checkout and by the info/exclude of its repository. Git's global excludes file is
// not asked.
//
// # Guarantees
//
//   - A path is ignored exactly where git check-ignore --no-index says so; the tests ask it.
//   - A pattern costs time in proportion to the path, whatever it is.
//   - A file of rules that cannot be read ignores nothing, and is told (Unread).
//
// Rules are not safe for concurrent use.
package gitignore
