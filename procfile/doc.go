// Package procfile reads a Devgatefile or a Procfile into a typed, checked [File].
//
// A Devgatefile is TOML. What is a table is a service, what is a value is a
// setting of the whole file; two tables are special: [env] and [defaults].
//
//	port = 3000
//
//	[api]
//	command = "{bin}"
//	build   = "go build -o {bin} ./cmd/api"
//	port    = 4001
//	watch   = ["cmd/**/*.go"]
//	ready   = "/healthz"
//
//	[web]
//	command = "npm run dev -- --port {port} --strictPort"
//	port    = 5173
//
// A Procfile has one "name: command" a line. The reference for users, key by
// key, is docs/devgatefile.md.
//
// All keys stand in one table (table.go), with everything that is known of each.
// [FileKeys], [ServiceKeys] and [ReadyKeys] give it to who documents the language,
// writes a schema of it, or compares two files.
//
// # Guarantees
//
//   - [Parse] is pure: no disk, no environment, no clock. The same bytes give
//     the same result.
//   - Any bytes give a File or an [ErrorList], never a panic, in time and memory
//     about linear in their number. More than 1 MiB and values nested deeper
//     than 100 are refused before the TOML library sees them.
//   - A File that comes back without an error is complete: every default is
//     applied, every name in After and in the placeholders exists, After has no
//     cycle, no two services share a port, every pattern compiles.
//   - Nothing is skipped in silence. A key that is not known, or that can have no
//     effect where it stands, is an error.
//   - All errors come at once, sorted by position, with the source line. A line
//     whose syntax is broken does not hide the errors of the others, and does
//     not cause errors that vanish when it is mended.
//   - What is in no table entry is in no file: readers, defaults and hints come
//     from the table, and the reference is held against it.
//   - A value that [ExpandScript] puts into a script reaches the program as it is.
//   - Positions survive: [Service.Position] and [File.Pos] say where a value was
//     written, also when it came from [defaults].
//
// # How it works
//
// The TOML library gives values without usable positions, and stops at the first
// error. So a scanner of its own (scan.go) splits the text into statements and
// keeps where each key and value stands; statements that it cannot understand,
// and tables declared twice, are blanked out before the library reads the rest.
// The library stays the judge of what TOML means: the scanner never decides a
// value. The two are compared by FuzzScan.
//
// From there on the way is one: document (scan.go, toml.go) to nodes, which have a
// key, its place and its value; reader (reader.go, and a file a type of value) from
// a node to a typed value, by the table; builder (builder.go, devgatefile.go,
// procfile.go, validate.go) from values to services, and what has to hold between
// them. A node knows no reader, a reader no service.
//
// A type of value is described beside its reader ([Type], [Form]), in the words of a
// schema. A test gives both the same hundred literals, so that they do not part.
//
// The placeholders of a text are checked when all services are known
// (placeholder_check.go). What is put in for them only the caller knows, later, with
// [Expand], or [ExpandScript] for what a shell runs.
package procfile
