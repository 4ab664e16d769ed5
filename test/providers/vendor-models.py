"""Judges JSON bodies by the vendors' own models: one request a line on stdin, its problems as one line on stdout.

Azure: azure.mgmt.compute.models and azure.mgmt.network.models declare each field with its wire name, type, and whether
it may be sent. IBM Cloud: ibm_vpc.vpc_v1 declares them in the signature of each model's __init__, values of closed sets
in enums beside it, and alternatives as subclasses. Nothing here knows a field by name.
"""

import datetime
import enum
import importlib
import inspect
import json
import sys
import types
import typing

SCALARS = {str: str, bool: bool, int: int, float: (int, float)}


def is_union(kind):
    return typing.get_origin(kind) in (typing.Union, types.UnionType)


def check(kind, value, path, judge, problems):
    if is_union(kind):
        members = [one for one in typing.get_args(kind) if one is not type(None)]
        enums = [one for one in members if isinstance(one, type) and issubclass(one, enum.Enum)]
        if enums and isinstance(value, str):
            allowed = [one.value for each in enums for one in each]
            # A long list is a catalogue, such as that of VM sizes: it grows between two releases of an SDK.
            if value not in allowed and len(allowed) < 50:
                problems.append(f"{path}: {value!r} is none of {allowed}")
            return
        attempts = [judge_one(one, value, path, judge) for one in members]
        problems.extend(min(attempts, key=len) if attempts else [])
        return
    origin = typing.get_origin(kind)
    if origin in (list, typing.List):
        if not isinstance(value, list):
            problems.append(f"{path}: not a list")
            return
        for index, item in enumerate(value):
            check(typing.get_args(kind)[0], item, f"{path}[{index}]", judge, problems)
        return
    if origin in (dict, typing.Dict):
        if not isinstance(value, dict):
            problems.append(f"{path}: not an object")
            return
        for key, item in value.items():
            check(typing.get_args(kind)[1], item, f"{path}.{key}", judge, problems)
        return
    if kind in SCALARS:
        if not isinstance(value, SCALARS[kind]) or (isinstance(value, bool) and kind is not bool):
            problems.append(f"{path}: {value!r} is no {kind.__name__}")
        return
    if kind in (datetime.datetime, datetime.date):
        try:
            datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except (AttributeError, ValueError):
            problems.append(f"{path}: {value!r} is no time")
        return
    if kind in (typing.Any, dict, object):
        return
    judge(kind, value, path, problems)


def judge_one(kind, value, path, judge):
    problems = []
    check(kind, value, path, judge, problems)
    return problems


def fields(value, path, known, required, problems):
    """The part that all vendors share: nothing unknown, nothing missing. Gives the known ones."""
    if not isinstance(value, dict):
        problems.append(f"{path}: not an object")
        return []
    for name in value:
        if name not in known:
            problems.append(f"{path}.{name}: unknown field")
    for name in required:
        if name not in value:
            problems.append(f"{path}.{name}: missing")
    return [name for name in value if name in known]


class Azure:
    """`request`: only fields that may be sent. Otherwise all that Azure answers with."""

    def __init__(self, package, request):
        self.models = importlib.import_module(f"azure.mgmt.{package}.models")
        self.request = request

    def __call__(self, kind, value, path, problems):
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return check(typing.Union[str, kind], value, path, self, problems)
        kind({})  # fills in the tables of fields, of base classes too
        module = importlib.import_module(kind.__module__)
        hints = typing.get_type_hints(kind, vars(module), {"_models": self.models, "_types": self.models})
        known, required = {}, []
        for attribute, field in kind._attr_to_rest_field.items():
            name = field._rest_name
            visibility = field._visibility or ["create"]
            if self.request and visibility == ["read"]:
                continue
            known[name] = hints[attribute]
            optional = is_union(hints[attribute]) and type(None) in typing.get_args(hints[attribute])
            if not optional:
                required.append(name)
        for name in fields(value, path, known, required, problems):
            check(known[name], value[name], f"{path}.{name}", self, problems)


class Ibm:
    def __init__(self, package):
        self.module = importlib.import_module(package)

    def __call__(self, kind, value, path, problems):
        alternatives = kind.__subclasses__()
        if alternatives:
            attempts = [judge_one(one, value, path, self) for one in alternatives]
            problems.extend(min(attempts, key=len))
            return
        hints = typing.get_type_hints(kind.__init__, vars(self.module))
        parameters = inspect.signature(kind.__init__).parameters
        # Python's own words have an underscore behind them: `class_` is `class` on the wire.
        known = {name.rstrip("_"): hint for name, hint in hints.items() if name in parameters}
        empty = inspect.Parameter.empty
        required = [name.rstrip("_") for name in parameters if name != "self" and parameters[name].default is empty]
        for name in fields(value, path, known, required, problems):
            closed = getattr(kind, "".join(part.capitalize() for part in name.split("_")) + "Enum", None)
            if closed and isinstance(value[name], str) and value[name] not in [one.value for one in closed]:
                problems.append(f"{path}.{name}: {value[name]!r} is none of {[one.value for one in closed]}")
            check(known[name], value[name], f"{path}.{name}", self, problems)


judges = {}


def answer(request):
    vendor, package, model, sent = request["vendor"], request["package"], request["model"], request["sent"]
    key = (vendor, package, sent)
    if key not in judges:
        judges[key] = Azure(package, sent) if vendor == "azure" else Ibm(package)
    judge = judges[key]
    holder = judge.models if vendor == "azure" else judge.module
    return judge_one(getattr(holder, model), request["body"], model, judge)


for line in sys.stdin:
    try:
        reply = {"problems": answer(json.loads(line))}
    except Exception as error:  # the caller must hear of a mistake in here, too
        reply = {"problems": [f"the judge failed: {type(error).__name__}: {error}"]}
    print(json.dumps(reply), flush=True)
