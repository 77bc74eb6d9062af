// Command pulumi-resource-command replaces Pulumi's command plugin when that cannot be downloaded. It
// serves only command:local:Command, as the plugin's documentation describes it. Both plugins can read
// the state that the other one wrote.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// version is set at link time, so that setup/tools/versions.ts is the only place that defines it.
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

	// Every operation on a resource starts with one of these. An unsupported resource can come from the
	// program (Check) or from the state (Read, Delete).
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
	return fmt.Errorf("this replacement for the command plugin supports only %s, not %s: "+
		"install the official plugin to use that", token, asked)
}
