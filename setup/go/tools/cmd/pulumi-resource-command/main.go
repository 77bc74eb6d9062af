// Command pulumi-resource-command stands in for Pulumi's command plugin where that cannot be
// downloaded. It serves command:local:Command, in the way the plugin's documentation describes, and
// nothing else of the plugin. State that either of them wrote is understood by the other.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// version is set at link time, so that it is written down in one place only.
var version = "0.0.0-dev"

func main() {
	if err := p.RunProvider(context.Background(), "command", version, provider()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func provider() p.Provider {
	served := infer.Provider(infer.Options{
		Resources: []infer.InferredResource{infer.Resource(&Command{})},
	})

	// Everything that happens to a resource begins with a check or, for what the state already
	// holds, with one of the others.
	check, read, remove := served.Check, served.Read, served.Delete
	served.Check = func(ctx context.Context, req p.CheckRequest) (p.CheckResponse, error) {
		if err := refuse(string(req.Urn.Type())); err != nil {
			return p.CheckResponse{}, err
		}
		return check(ctx, req)
	}
	served.Read = func(ctx context.Context, req p.ReadRequest) (p.ReadResponse, error) {
		if err := refuse(string(req.Urn.Type())); err != nil {
			return p.ReadResponse{}, err
		}
		return read(ctx, req)
	}
	served.Delete = func(ctx context.Context, req p.DeleteRequest) error {
		if err := refuse(string(req.Urn.Type())); err != nil {
			return err
		}
		return remove(ctx, req)
	}
	served.Invoke = func(_ context.Context, req p.InvokeRequest) (p.InvokeResponse, error) {
		return p.InvokeResponse{}, refuse(string(req.Token))
	}
	return served
}

const token = "command:local:Command"

func refuse(asked string) error {
	if asked == token {
		return nil
	}
	return fmt.Errorf("this stand-in for the command plugin has %s only, not %s: "+
		"install the official plugin to use that", token, asked)
}
