// Package envfile reads files of environment variables: .env and its kin.
//
//	# comment
//	NAME=value               # comment
//	export TOKEN='as it is'
//	KEY="-----BEGIN KEY-----
//	…
//	-----END KEY-----"
//	URL=http://${HOST}/
//
// # Guarantees
//
//   - Such a file means what it means to node's dotenv and to docker compose;
//     where those two differ, the value is what is written. docs/devgatefile.md
//     has the rules.
//   - [Parse] is pure, and linear in the size of the text. Any bytes give a File
//     and errors, never a panic.
//   - All errors come at once, in order, each with a place inside the text. What
//     a value holds is in none of them: env files hold secrets, and errors end up
//     in logs.
//   - What is wrong with one variable leaves the others readable: beside its
//     errors, Parse returns the File that the rest makes.
package envfile
