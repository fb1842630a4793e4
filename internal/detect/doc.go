// Package detect finds out what servers a folder holds: the project's own list of
// them (a Procfile.dev, a dev script taken apart), what the files of frameworks say,
// which port each has and where that is written, which paths the project's own
// proxies send where, and what must exist before anything runs.
//
// # Guarantees
//
//   - It only reads: nothing of a project is run, all of it is data.
//   - It ends, on any input, within the bounds of package tree, and never fails: what
//     cannot be understood is left out and told ([found.Findings]).
//   - The same folder gives the same findings.
//   - It finds and does not choose: names, ports that do not clash, the order and the
//     paths are made from its findings by package draft.
//
// # How it is built
//
// Every source, a Procfile, a script, a framework's files, is turned into a *leaf*: a
// simple command with the folder that it runs in. The table of tools says what each
// leaf is, where its port is told, and what else the tool's own files say. So a
// server is understood in the same way wherever its command was found.
package detect
