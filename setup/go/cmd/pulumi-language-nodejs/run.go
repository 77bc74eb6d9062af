package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// alreadyReported is the exit code by which the SDK says that it has told the user what failed.
// Source: `nodeJSProcessExitedAfterLoggingUserActionableMessage` in @pulumi/pulumi/cmd/run.
const alreadyReported = 32

// Run runs a program. It ends with it, and the program ends when Pulumi cancels the call.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	args, err := h.programArguments(req)
	if err != nil {
		return nil, err
	}
	config, err := jsonOf(req.GetConfig(), "{}")
	if err != nil {
		return nil, err
	}
	secretKeys, err := jsonOf(req.GetConfigSecretKeys(), "[]")
	if err != nil {
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", args...)
	node.Stdout, node.Stderr = os.Stdout, os.Stderr
	node.Env = append(os.Environ(), "PULUMI_CONFIG="+config, "PULUMI_CONFIG_SECRET_KEYS="+secretKeys)

	err = node.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("cannot run Node.js: %v", err)}, nil
	case exit.ExitCode() == alreadyReported:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with %v", exit)}, nil
	}
}

// programArguments returns the arguments for Node.js and for the SDK's script that loads the program.
func (h *host) programArguments(req *pulumirpc.RunRequest) ([]string, error) {
	run, err := script(req.GetInfo().GetProgramDirectory(), "run")
	if err != nil {
		return nil, err
	}
	args := append(nodeArgs(req.GetInfo()), run,
		"--monitor", req.GetMonitorAddress(),
		"--engine", h.engine,
		"--organization", req.GetOrganization(),
		"--project", req.GetProject(),
		"--stack", req.GetStack(),
		"--pwd", req.GetPwd(),
		"--root-directory", req.GetInfo().GetRootDirectory(),
		"--parallel", strconv.Itoa(int(req.GetParallel())),
	)
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	return append(append(args, req.GetInfo().GetEntryPoint()), req.GetArgs()...), nil
}

func jsonOf[T map[string]string | []string](value T, empty string) (string, error) {
	if len(value) == 0 {
		return empty, nil
	}
	text, err := json.Marshal(value)
	return string(text), err
}

// RunPlugin runs a policy pack. Other plugins written for Node.js are not supported.
func (h *host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	directory := req.GetInfo().GetProgramDirectory()
	if req.GetKind() != "analyzer" {
		return fmt.Errorf("%s is a plugin of kind %q; only policy packs are supported", directory, req.GetKind())
	}
	run, err := script(directory, "run-policy-pack")
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	args := append(append(nodeArgs(req.GetInfo()), run), req.GetArgs()...)
	node := exec.CommandContext(stream.Context(), "node", append(args, directory)...)
	// As the official language host does it: paths in the options are relative to the pack.
	node.Dir, node.Env = directory, req.GetEnv()
	node.Stdout, node.Stderr = stdout, stderr
	err = node.Run()
	if closed := closer.Close(); closed != nil {
		return closed
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("cannot run Node.js: %w", err)
	}
	return stream.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(node.ProcessState.ExitCode())},
	})
}
