package split

// launcher finds out what a command starts. It reports whether the words are a
// command of that kind at all.
type launcher func(p *Project, f Flow, words []string) (launch, bool)

// launcherOf returns the launcher that a program is, or nil.
func launcherOf(program string) launcher {
	switch program {
	case "concurrently", "conc":
		return (*Project).concurrently
	case "npm-run-all", "npm-run-all2", "run-p", "run-s":
		return (*Project).runAll
	case "run-script-os", "run-os":
		return (*Project).runScriptOS
	case "turbo":
		return (*Project).turbo
	case "lerna":
		return (*Project).lerna
	case "nx":
		return (*Project).nx
	case "heroku":
		return (*Project).heroku
	case "foreman", "overmind", "hivemind", "honcho", "goreman", "forego", "nf":
		return (*Project).foreman
	case "make", "gmake":
		return (*Project).make
	case "just":
		return (*Project).just
	case "task", "go-task":
		return (*Project).goTask
	case "composer":
		return (*Project).composer
	case "php":
		return (*Project).artisan
	case "deno":
		return (*Project).denoTask
	case "poe":
		return (*Project).poe
	}
	return nil
}
