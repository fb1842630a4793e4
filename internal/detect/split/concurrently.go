package split

import (
	"slices"
	"strings"

	"devgate/internal/detect/shell"
)

// concurrentlyValued are the flags of concurrently that have a value.
var concurrentlyValued = []string{
	"-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-l", "--prefix-length", "-s", "--success", "-m", "--max-processes",
	"--restart-tries", "--restart-after", "-t", "--timestamp-format", "--name-separator", "--default-input-target", "--hide", "--kill-signal", "--teardown", "--cwd",
}

// concurrently splits "concurrently [flags] command command …".
func (p *Project) concurrently(f Flow, words []string) (launch, bool) {
	var names, commands []string
	separator := ","
	for i := 1; i < len(words); i++ {
		name, value, written := strings.Cut(words[i], "=")
		switch {
		case !strings.HasPrefix(words[i], "-"):
			commands = append(commands, words[i])
			continue
		case !slices.Contains(concurrentlyValued, name):
			continue
		case !written && i+1 < len(words):
			i++
			value = words[i]
		}
		switch name {
		case "-n", "--names":
			names = append(names, value)
		case "--name-separator":
			separator = value
		}
	}
	l := launch{apart: true}
	for _, command := range commands {
		l.flows = append(l.flows, spread(f, command)...)
	}
	given := strings.Split(strings.Join(names, separator), separator)
	// A name too many, or none, is no error for concurrently either.
	for i := range l.flows[:min(len(given), len(l.flows))] {
		l.flows[i].Name = strings.TrimSpace(given[i])
	}
	return l, true
}

// spread makes a flow of a command, or several: "npm:dev:*" is every script that
// matches.
// The shortcuts are those of concurrently: npm:, yarn:, pnpm:, bun:, node:, with "*".
func spread(f Flow, command string) []Flow {
	first, args, _ := strings.Cut(command, " ")
	m, pattern, short := strings.Cut(first, ":")
	if words := strings.Fields(command); len(words) == 3 && words[1] == "run" && strings.HasSuffix(words[2], "*") {
		m, pattern, args, short = words[0], words[2], "", true // "npm run watch:*"
	}
	if _, known := isManager(m); !short || !known && m != "node" || f.Pack == nil {
		// It puts node_modules on the PATH of what it runs, as it is itself run from
		// there.
		f = f.of(command)
		f.Bins = f.Pack != nil
		return []Flow{f}
	}
	var flows []Flow
	for _, script := range matching(f.Pack, pattern) {
		flows = append(flows, f.of(runText(f.Pack, script, args)))
	}
	return flows
}

// runText is the text that runs a script of a package.
func runText(p *Pack, script, args string) string {
	return strings.TrimSpace(string(p.Manager) + " run " + shell.Quote(script) + " " + args)
}
