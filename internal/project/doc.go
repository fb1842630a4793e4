// Package project is a Devgatefile in its folder: it finds the file, checks
// what only the disk can tell, chooses the ports that the file leaves open, and
// works out what each service is run with (folder, environment, commands).
//
// # Guarantees
//
//   - Nothing is started and nothing is written.
//   - What is wrong comes back all at once, as procfile.ErrorList, with the
//     position in the Devgatefile that asked for it, or in an env file. What is
//     wrong with a file that nobody named, .env, is a warning.
//   - The environment of a service is complete and sorted: its env over its
//     env_file over [env] over the top env_file over devgate's own, with the
//     variables that devgate gives between the last two. Colours are asked for
//     where none of all these has an opinion on them.
package project
