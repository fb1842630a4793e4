package procfile

import "strings"

// Command is something to run. The zero value is nothing.
type Command struct {
	Shell string   // a script for the shell of its service, or
	Args  []string // a program and its arguments
}

// IsZero reports whether there is nothing to run.
func (c Command) IsZero() bool { return c.Shell == "" && len(c.Args) == 0 }

// String returns the script, or the arguments joined by blanks, for people.
func (c Command) String() string {
	if c.Shell != "" {
		return c.Shell
	}
	return strings.Join(c.Args, " ")
}

// command is a script, or a program with its arguments.
func command() valueType[Command] {
	return valueType[Command]{
		Type: Type{"text or list", []Form{
			{Shape: Text, Pattern: filled, What: "command"},
			{Shape: List, Items: []Form{{Shape: Text}}, AtLeast: 1, What: "command"},
		}},
		read: (*reader).command,
	}
}

// command reads a text, or a list. Arguments are texts only: a number in a list is
// more often a slip than a wish, and how it is to be written is not for devgate to say.
func (r *reader) command(n *node, _ Command) Command {
	if n.kind != listNode {
		s, _ := r.text(n, `a command such as "npm run dev", or a list such as ["node", "server.js"]`)
		return Command{Shell: s}
	}
	if len(n.items) == 0 {
		r.fail(n.value, quote(n.key)+" is an empty list", `want a program and its arguments: ["node", "server.js"]`)
		return Command{}
	}
	args := make([]string, 0, len(n.items))
	for i, item := range n.items {
		s, ok := item.val.(string)
		switch {
		case !ok:
			hint := ""
			if item.kind == leafNode {
				hint = "write " + quote(r.raw(item))
			}
			r.fail(item.value, "an argument of "+quote(n.key)+" must be a text, not "+r.describe(item), hint)
		// An argument may be empty, a program not.
		case i == 0 && strings.TrimSpace(s) == "":
			r.fail(item.value, quote(n.key)+" has no program", "")
		}
		args = append(args, s)
	}
	return Command{Args: args}
}
