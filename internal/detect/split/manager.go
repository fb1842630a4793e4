package split

import (
	"strings"

	"devgate/internal/detect/shell"
)

// Manager is a package manager of JavaScript.
type Manager string

// The managers.
const (
	npm  Manager = "npm"
	pnpm Manager = "pnpm"
	yarn Manager = "yarn"
	bun  Manager = "bun"
)

// Run is the command that runs a script of a package, with arguments for it.
func (m Manager) Run(script string, args ...string) string {
	command := string(m) + " run " + shell.Quote(script)
	// "npm start" is what people type; it is npm's own short form for these two names.
	if m == npm && (script == "start" || script == "test") {
		command = "npm " + script
	}
	return m.append(command, shell.Join(args...))
}

// append puts arguments behind a command that Run has made.
func (m Manager) append(command, args string) string {
	switch {
	case args == "":
		return command
	// Without it npm would take the words for its own flags; a second "--" would reach
	// the script.
	case m == npm && !strings.Contains(command, " -- "):
		return command + " -- " + args // npm keeps flags for itself without it
	}
	return command + " " + args // the others hand a "--" on as an argument
}

// Exec is the command that runs a program which a package brings along.
func (m Manager) Exec(command string) string {
	switch m {
	case pnpm:
		return "pnpm exec " + command
	case yarn: // "yarn exec" of version 1 keeps flags for itself
		return "yarn run " + command
	case bun:
		return "bunx " + command
	}
	return "npx " + command
}

// Install is the command that fetches the packages of a folder.
func (m Manager) Install() string { return string(m) + " install" }

// isManager reports whether a program is a package manager, and which.
func isManager(program string) (Manager, bool) {
	switch m := Manager(program); m {
	case npm, pnpm, yarn, bun:
		return m, true
	}
	return "", false
}
