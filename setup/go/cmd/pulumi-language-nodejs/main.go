// Command pulumi-language-nodejs replaces Pulumi's language host for Node.js when that cannot be
// downloaded. It runs programs and policy packs that Node.js can execute as they are: the options
// `typescript` and `packagemanager` have no effect, and synchronous invokes are not supported.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	if err := serve(engineAddress(os.Args[1:])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// engineAddress returns the one argument that is neither an option nor the value of one.
func engineAddress(args []string) string {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--tracing":
			i++
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		}
	}
	return ""
}

// serve prints its port, by which Pulumi reaches it, and returns when Pulumi has ended.
func serve(engine string) error {
	ctx, cancel := context.WithCancel(context.Background())
	if err := rpcutil.Healthcheck(ctx, engine, 5*time.Minute, cancel); err != nil {
		return fmt.Errorf("cannot watch Pulumi at %q: %w", engine, err)
	}
	ended := make(chan bool)
	go func() {
		<-ctx.Done()
		close(ended)
	}()
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(server.Port)
	return <-server.Done
}
