package mcp

import (
	"context"
	"fmt"

	"devgate/internal/reach"
)

// DownOut is what the tool down returns.
type DownOut struct {
	Stopped bool   `json:"stopped" jsonschema:"false: none ran"`
	Root    string `json:"root" jsonschema:"the project's folder"`
}

var downTool = tool[Where, DownOut]{
	name: "down", title: "Stop the project",
	description: `Stops the devgate of the project and every service that it has started, and returns when all of them have ended. No error when none runs. Call it when the work is done, or before starting servers in another way.`,
	run: func(ctx context.Context, h host, in Where) (DownOut, string, error) {
		dir, err := h.folder(in.Dir)
		if err != nil {
			return DownOut{}, "", err
		}
		root, err := reach.Root(dir, "")
		if err != nil {
			return DownOut{}, "", err
		}
		was, ran, err := reach.Down(ctx, root)
		text := "devgate was not running in " + root
		if ran {
			text = fmt.Sprintf("stopped devgate (pid %d) in %s, and all of its services", was.PID, root)
		}
		return DownOut{ran, root}, text, err
	},
}
