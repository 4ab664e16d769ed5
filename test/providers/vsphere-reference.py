"""Judges SOAP requests by VMware's own Python types: one envelope a line (JSON text) on stdin, one list of complaints a
line on stdout. vcsim takes elements in any order; a vCenter does not, and these types know the order."""

import json
import sys
import xml.etree.ElementTree as xml

from pyVmomi import VmomiSupport as vmomi, vim, vmodl  # noqa: F401  (vim and vmodl register their types)

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
VIM = "{urn:vim25}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NAMESPACE = "urn:vim25"


def local(tag):
    return tag.split("}")[-1]


def element_type(kind):
    """The type of one element, and whether there may be several."""
    item = getattr(kind, "Item", None)
    return (item, True) if item is not None else (kind, False)


def judge_fields(where, element, fields, complaints):
    order = {name: (index, kind, flags) for index, (name, kind, flags) in enumerate(fields)}
    last, seen = -1, set()
    for child in element:
        name = local(child.tag)
        if name not in order:
            complaints.append(f"{where}: no field {name}")
            continue
        index, kind, _ = order[name]
        if index < last:
            complaints.append(f"{where}: {name} comes too late")
        one, many = element_type(kind)
        if name in seen and not many:
            complaints.append(f"{where}: {name} twice")
        seen.add(name)
        last = max(last, index)
        judge_value(f"{where}.{name}", child, one, complaints)
    for name, (_, _, flags) in order.items():
        if name not in seen and not flags & vmomi.F_OPTIONAL:
            complaints.append(f"{where}: {name} is missing")


def judge_value(where, element, kind, complaints):
    given = element.get(XSI_TYPE)
    if given is not None and not given.startswith("xsd:"):
        actual = vmomi.GetWsdlType(NAMESPACE, given.split(":")[-1])
        if not issubclass(actual, kind):
            complaints.append(f"{where}: {given} is no {kind.__name__}")
        kind = actual
    if issubclass(kind, vmomi.ManagedObject):
        named = vmomi.GetWsdlType(NAMESPACE, element.get("type") or "")
        if not issubclass(named, kind):
            complaints.append(f"{where}: {element.get('type')} is no {kind.__name__}")
    elif issubclass(kind, vmomi.DataObject):
        fields = [(one.name, one.type, one.flags) for one in kind._GetPropertyList()]
        judge_fields(where, element, fields, complaints)
    elif kind is bool and element.text not in ("true", "false"):
        complaints.append(f"{where}: {element.text} is no boolean")
    elif issubclass(kind, int) and kind is not bool and not (element.text or "").lstrip("-").isdigit():
        complaints.append(f"{where}: {element.text} is no integer")
    elif issubclass(kind, str) and hasattr(kind, "values") and element.text not in kind.values:
        complaints.append(f"{where}: {element.text} is none of {kind.values}")


def judge(envelope):
    complaints = []
    body = xml.fromstring(envelope).find(f"{SOAP}Body")
    (call,) = list(body)
    name = local(call.tag)
    if not call.tag.startswith(VIM):
        complaints.append(f"{name}: in another namespace than vim25")
    first, *arguments = list(call)
    if local(first.tag) != "_this":
        complaints.append(f"{name}: _this is not first")
    method = vmomi.GetWsdlMethod(NAMESPACE, name)
    owner = vmomi.GetWsdlType(NAMESPACE, first.get("type"))
    if getattr(owner, method.info.name, None) is None:
        complaints.append(f"{name}: {first.get('type')} has no such method")
    holder = xml.Element(name)
    holder.extend(arguments)
    fields = [(one.name, one.type, one.flags) for one in method.info.params]
    judge_fields(name, holder, fields, complaints)
    return name, complaints


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
