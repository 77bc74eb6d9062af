package main

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Command is the resource command:local:Command. The framework's defaults match the plugin's
// documentation: a changed input updates the resource; outputs are unknown in a preview, and secret
// only on request. The SDK requests the replacement when triggers change.
type Command struct{}

func (c *Command) Annotate(a infer.Annotator) {
	a.SetToken("local", "Command")
}

type Inputs struct {
	Create                 *string            `pulumi:"create,optional"`
	Update                 *string            `pulumi:"update,optional"`
	Delete                 *string            `pulumi:"delete,optional"`
	Triggers               *[]any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *Logging           `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
	AssetPaths             *[]string          `pulumi:"assetPaths,optional"`
	ArchivePaths           *[]string          `pulumi:"archivePaths,optional"`
}

// Results are the outputs of a run.
type Results struct {
	Stdout  string                           `pulumi:"stdout"`
	Stderr  string                           `pulumi:"stderr"`
	Assets  *map[string]types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                `pulumi:"archive,optional"`
}

type State struct {
	Inputs
	Results
}

// Logging selects the streams that are shown to the user while a command runs.
type Logging string

func (Logging) Values() []infer.EnumValue[Logging] {
	return []infer.EnumValue[Logging]{
		{Name: "Stdout", Value: "stdout"},
		{Name: "Stderr", Value: "stderr"},
		{Name: "StdoutAndStderr", Value: "stdoutAndStderr"},
		{Name: "None", Value: "none"},
	}
}

func (*Command) Create(
	ctx context.Context, req infer.CreateRequest[Inputs],
) (infer.CreateResponse[State], error) {
	resp := infer.CreateResponse[State]{Output: State{Inputs: req.Inputs}}
	if req.DryRun {
		return resp, nil
	}
	var err error
	if resp.ID, err = resource.NewUniqueHex(req.Name, 8, 0); err != nil {
		return resp, err
	}
	if req.Inputs.Create != nil {
		resp.Output.Results, err = execute(ctx, *req.Inputs.Create, req.Inputs, nil)
	}
	return resp, err
}

func (*Command) Update(
	ctx context.Context, req infer.UpdateRequest[Inputs, State],
) (infer.UpdateResponse[State], error) {
	resp := infer.UpdateResponse[State]{Output: State{Inputs: req.Inputs, Results: req.State.Results}}
	command := req.Inputs.Update
	if command == nil {
		command = req.Inputs.Create
	}
	if req.DryRun || command == nil {
		return resp, nil
	}
	var err error
	resp.Output.Results, err = execute(ctx, *command, req.Inputs, &req.State.Results)
	return resp, err
}

// Delete uses only the state, since the program may no longer declare the resource.
func (*Command) Delete(
	ctx context.Context, req infer.DeleteRequest[State],
) (infer.DeleteResponse, error) {
	if req.State.Delete == nil {
		return infer.DeleteResponse{}, nil
	}
	_, err := run(ctx, *req.State.Delete, req.State.Inputs, &req.State.Results)
	return infer.DeleteResponse{}, err
}

// execute runs a command, then collects the files that the resource returns.
func execute(ctx context.Context, command string, in Inputs, previous *Results) (Results, error) {
	results, err := run(ctx, command, in, previous)
	if err != nil {
		return results, err
	}
	results.Assets, results.Archive, err = collect(in)
	return results, err
}
