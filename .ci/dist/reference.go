package main

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"devgate/internal/cli"
)

// powershellCompletion is for Windows alone.
const powershellCompletion = "completions/devgate.ps1"

// reference are the completions and the man pages, made of the commands themselves.
func (r *release) reference() (fileList, error) {
	root := cli.Commands()
	var all fileList
	for _, c := range []struct {
		path  string
		write func(*bytes.Buffer) error
	}{
		{"completions/devgate.bash", func(b *bytes.Buffer) error { return root.GenBashCompletionV2(b, true) }},
		{"completions/_devgate", func(b *bytes.Buffer) error { return root.GenZshCompletion(b) }},
		{powershellCompletion, func(b *bytes.Buffer) error { return root.GenPowerShellCompletionWithDesc(b) }},
		{"completions/devgate.fish", func(b *bytes.Buffer) error { return root.GenFishCompletion(b, true) }},
	} {
		var text bytes.Buffer
		if err := c.write(&text); err != nil {
			return nil, err
		}
		all = append(all, file{c.path, 0o644, text.Bytes()})
	}
	pages, err := r.manPages(root)
	return append(all, pages...), err
}

// manPages are one a command, as git has them.
func (r *release) manPages(cmd *cobra.Command) (fileList, error) {
	var text bytes.Buffer
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	header := &doc.GenManHeader{Title: strings.ToUpper(name), Section: "1", Date: &r.date, Source: "devgate " + r.version, Manual: "devgate"}
	if err := doc.GenMan(cmd, header, &text); err != nil {
		return nil, err
	}
	all := fileList{{"man/man1/" + name + ".1", 0o644, text.Bytes()}}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand() {
			continue
		}
		pages, err := r.manPages(sub)
		if err != nil {
			return nil, err
		}
		all = append(all, pages...)
	}
	return all, nil
}
