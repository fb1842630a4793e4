package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"devgate/internal/control"
	"devgate/internal/export"
	"devgate/internal/input"
	"devgate/internal/project"
	"devgate/internal/routes"
)

// exportFlags are what the command line says.
type exportFlags struct {
	file, out, check   string
	routes, cascade    bool
	asJSON             bool
	upstreams, folders []string
}

func newExport(std streams) *cobra.Command {
	var o exportFlags
	var names []string
	lines := "The targets:\n"
	for _, t := range export.Targets() {
		names = append(names, t.Name)
		lines += fmt.Sprintf("  %-11s %s\n", t.Name, t.Short)
	}
	cmd := &cobra.Command{
		Use:   "export TARGET",
		Short: "Write the routes that devgate has seen for a production engine",
		Long: `devgate export writes what a project needs where devgate ends: the paths that its
backends have answered in development, for an engine that has to know them beforehand.
Start with "devgate export paths", which prints lines for the Devgatefile.

` + lines,
		Args: cobra.MaximumNArgs(1), ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (o.check == "") == (len(args) == 0) {
				return usageError(fmt.Errorf("say either a target or --check URL\n  hint: the targets are %s", strings.Join(names, ", ")))
			}
			if o.check != "" {
				return checkEngine(cmd.Context(), std, &o)
			}
			return exportTo(args[0], std, &o)
		},
	}
	fileFlag(cmd, &o.file)
	f := cmd.Flags()
	f.BoolVar(&o.routes, "routes", false, "by paths; the default where the traffic has shown some")
	f.BoolVar(&o.cascade, "cascade", false, "ask one backend after the other, as devgate does (nginx, compose)")
	f.StringVarP(&o.out, "output", "o", "", "write to this file, which must not exist yet")
	f.StringVar(&o.check, "check", "", "ask a running engine at this URL what devgate has seen, and compare")
	f.StringArrayVar(&o.upstreams, "upstream", nil, "NAME=HOST:PORT: where the engine finds a backend; again for more")
	f.StringArrayVar(&o.folders, "dist", nil, "NAME=FOLDER: built files in the place of a front end's server; again for more")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
	return cmd
}

// exportTo writes one target.
func exportTo(name string, std streams, o *exportFlags) error {
	target, err := export.Find(name)
	if err != nil {
		return usageError(err)
	}
	if o.routes && o.cascade {
		return usageError(errors.New("--routes and --cascade exclude each other"))
	}
	m, err := exportModel(o)
	if err != nil {
		return err
	}
	mode := export.Auto
	switch {
	case o.routes:
		mode = export.ByRoutes
	case o.cascade:
		mode = export.ByCascade
	}
	text, err := target.Write(m, mode)
	if err != nil {
		return err
	}
	if unseen := m.Unseen(); unseen != "" && target.Routes && !o.asJSON {
		fmt.Fprintf(std.err, "devgate: %s\n", unseen)
	}
	if o.out != "" {
		return writeNew(o.out, []byte(text))
	}
	if o.asJSON {
		return printJSON(std.out, m.Report(name, text))
	}
	_, err = io.WriteString(std.out, text)
	return err
}

// exportModel is the project, and what devgate has seen of it.
func exportModel(o *exportFlags) (*export.Model, error) {
	opts := export.Options{Version: version()}
	var err error
	if opts.Upstreams, err = pairs("--upstream", "NAME=HOST:PORT", o.upstreams); err != nil {
		return nil, usageError(err)
	}
	if opts.Dists, err = pairs("--dist", "NAME=FOLDER", o.folders); err != nil {
		return nil, usageError(err)
	}
	if opts.Dir, err = os.Getwd(); err != nil {
		return nil, fmt.Errorf("find working directory: %w", err)
	}
	p, err := load(&project.Options{File: o.file})
	if err != nil {
		return nil, err
	}
	seen, err := observations(p.Root)
	if err != nil {
		return nil, err
	}
	m, err := export.New(p, seen, opts)
	if err != nil {
		return nil, usageError(err)
	}
	return m, nil
}

// observations are those that devgate has kept of the project, in this run and
// earlier ones. That there is no file says that nothing was seen yet.
func observations(root string) ([]routes.Observation, error) {
	path := routes.FileIn(root)
	text, err := input.Read(context.Background(), path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var journal *routes.Journal
	if err == nil {
		journal, err = routes.Decode(text)
	}
	if err != nil {
		return nil, fmt.Errorf("what devgate has seen cannot be read: %s: %w\n  hint: remove that file, run devgate up and use the app: it is written anew", path, err)
	}
	return journal.Observations(), nil
}

// pairs reads NAME=VALUE.
func pairs(flag, form string, texts []string) (map[string]string, error) {
	all := map[string]string{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || value == "" {
			return nil, fmt.Errorf("%s %q: want %s", flag, text, form)
		}
		all[name] = value
	}
	return all, nil
}

// checkEngine asks an engine what devgate has seen.
func checkEngine(ctx context.Context, std streams, o *exportFlags) error {
	base, err := url.Parse(o.check)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return usageError(fmt.Errorf("--check %q: want a URL such as http://localhost:8080", o.check))
	}
	root, err := rootOf(o.file)
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	seen, err := observations(root)
	if err != nil {
		return err
	}
	list := []export.Finding{}
	err = export.Check(ctx, base, seen, func(f export.Finding) error {
		list = append(list, f)
		if !o.asJSON && f.Verdict != "same" {
			fmt.Fprintf(std.out, "%s  %s %s: %s\n", f.Verdict, f.Method, f.Path, f.Why)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tellFindings(std, list, o.asJSON)
}

// tellFindings ends a check: with all that was found, or with how much of it there is.
func tellFindings(std streams, list []export.Finding, asJSON bool) (err error) {
	found := map[string]int{}
	for _, f := range list {
		found[f.Verdict]++
	}
	if asJSON {
		err = printJSON(std.out, list)
	} else {
		_, err = fmt.Fprintf(std.out, "%d answered as devgate does, %d differ, %d unclear\n", found["same"], found["differs"], found["unclear"])
	}
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return fmt.Errorf("nothing to ask: devgate has seen no GET that a backend answered (%s)", control.Folder)
	case found["differs"] > 0:
		return &exitError{code: exitFailed}
	}
	return nil
}
