// Package schema writes the language of a Devgatefile as a JSON Schema (2020-12),
// for editors.
//
// # Guarantees
//
//   - Whatever [procfile.Parse] accepts, the schema accepts.
//   - What the schema says of a key, its types, its words, its default and its
//     meaning, comes from the table of package procfile, as the reader and the
//     reference do. There is no second list of keys.
//   - A key that is not known, a value of the wrong type and a word that is not one
//     of those that a key has are refused. What only Parse can know (whether a service
//     exists, a pattern compiles, two ports are the same) is not.
//   - The same program writes the same bytes.
//
// # How TOML is seen
//
// A schema speaks of JSON. Dates have no type there: editors show them to it as
// texts, and so they are texts here. What is a whole number of JSON may be written
// 3000.0, which TOML tells apart and Parse refuses.
package schema
