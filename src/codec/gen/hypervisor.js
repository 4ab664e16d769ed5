/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["hypervisor"] || ($protobuf.roots["hypervisor"] = {});

export const hypervisor = $root.hypervisor = (() => {

    /**
     * Namespace hypervisor.
     * @exports hypervisor
     * @namespace
     */
    const hypervisor = {};

    hypervisor.CreateVMRequest = (function() {

        /**
         * Properties of a CreateVMRequest.
         * @typedef {Object} hypervisor.CreateVMRequest.$Properties
         * @property {string|null} [id] CreateVMRequest id
         * @property {Object.<string,string>|null} [annotations] CreateVMRequest annotations
         * @property {string|null} [networkNamespacePath] CreateVMRequest networkNamespacePath
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CreateVMRequest.
         * @memberof hypervisor
         * @interface ICreateVMRequest
         * @augments hypervisor.CreateVMRequest.$Properties
         * @deprecated Use hypervisor.CreateVMRequest.$Properties instead.
         */

        /**
         * Shape of a CreateVMRequest.
         * @typedef {hypervisor.CreateVMRequest.$Properties} hypervisor.CreateVMRequest.$Shape
         */

        /**
         * Constructs a new CreateVMRequest.
         * @memberof hypervisor
         * @classdesc Represents a CreateVMRequest.
         * @constructor
         * @param {hypervisor.CreateVMRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CreateVMRequest = function (properties) {
            this.annotations = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CreateVMRequest id.
         * @member {string} id
         * @memberof hypervisor.CreateVMRequest
         * @instance
         */
        CreateVMRequest.prototype.id = "";

        /**
         * CreateVMRequest annotations.
         * @member {Object.<string,string>} annotations
         * @memberof hypervisor.CreateVMRequest
         * @instance
         */
        CreateVMRequest.prototype.annotations = $util.emptyObject;

        /**
         * CreateVMRequest networkNamespacePath.
         * @member {string} networkNamespacePath
         * @memberof hypervisor.CreateVMRequest
         * @instance
         */
        CreateVMRequest.prototype.networkNamespacePath = "";

        /**
         * Creates a new CreateVMRequest instance using the specified properties.
         * @function create
         * @memberof hypervisor.CreateVMRequest
         * @static
         * @param {hypervisor.CreateVMRequest.$Properties=} [properties] Properties to set
         * @returns {hypervisor.CreateVMRequest} CreateVMRequest instance
         * @type {{
         *   (properties: hypervisor.CreateVMRequest.$Shape): hypervisor.CreateVMRequest & hypervisor.CreateVMRequest.$Shape;
         *   (properties?: hypervisor.CreateVMRequest.$Properties): hypervisor.CreateVMRequest;
         * }}
         */
        CreateVMRequest.create = function(properties) {
            return new CreateVMRequest(properties);
        };

        /**
         * Encodes the specified CreateVMRequest message. Does not implicitly {@link hypervisor.CreateVMRequest.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.CreateVMRequest
         * @static
         * @param {hypervisor.CreateVMRequest.$Properties} message CreateVMRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CreateVMRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
            if (message.annotations != null && $Object.hasOwnProperty.call(message, "annotations"))
                for (let keys = $Object.keys(message.annotations), i = 0; i < keys.length; ++i)
                    writer.uint32(/* id 2, wireType 2 =*/18).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.annotations[keys[i]]).ldelim();
            if (message.networkNamespacePath != null && $Object.hasOwnProperty.call(message, "networkNamespacePath") && message.networkNamespacePath !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.networkNamespacePath);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CreateVMRequest message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.CreateVMRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.CreateVMRequest & hypervisor.CreateVMRequest.$Shape} CreateVMRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CreateVMRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.CreateVMRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (message.annotations === $util.emptyObject)
                            message.annotations = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.annotations, key);
                        message.annotations[key] = value;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.networkNamespacePath = value;
                        else
                            delete message.networkNamespacePath;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CreateVMRequest
         * @function getTypeUrl
         * @memberof hypervisor.CreateVMRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CreateVMRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.CreateVMRequest";
        };

        return CreateVMRequest;
    })();

    hypervisor.CreateVMResponse = (function() {

        /**
         * Properties of a CreateVMResponse.
         * @typedef {Object} hypervisor.CreateVMResponse.$Properties
         * @property {string|null} [agentSocketPath] CreateVMResponse agentSocketPath
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CreateVMResponse.
         * @memberof hypervisor
         * @interface ICreateVMResponse
         * @augments hypervisor.CreateVMResponse.$Properties
         * @deprecated Use hypervisor.CreateVMResponse.$Properties instead.
         */

        /**
         * Shape of a CreateVMResponse.
         * @typedef {hypervisor.CreateVMResponse.$Properties} hypervisor.CreateVMResponse.$Shape
         */

        /**
         * Constructs a new CreateVMResponse.
         * @memberof hypervisor
         * @classdesc Represents a CreateVMResponse.
         * @constructor
         * @param {hypervisor.CreateVMResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CreateVMResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CreateVMResponse agentSocketPath.
         * @member {string} agentSocketPath
         * @memberof hypervisor.CreateVMResponse
         * @instance
         */
        CreateVMResponse.prototype.agentSocketPath = "";

        /**
         * Creates a new CreateVMResponse instance using the specified properties.
         * @function create
         * @memberof hypervisor.CreateVMResponse
         * @static
         * @param {hypervisor.CreateVMResponse.$Properties=} [properties] Properties to set
         * @returns {hypervisor.CreateVMResponse} CreateVMResponse instance
         * @type {{
         *   (properties: hypervisor.CreateVMResponse.$Shape): hypervisor.CreateVMResponse & hypervisor.CreateVMResponse.$Shape;
         *   (properties?: hypervisor.CreateVMResponse.$Properties): hypervisor.CreateVMResponse;
         * }}
         */
        CreateVMResponse.create = function(properties) {
            return new CreateVMResponse(properties);
        };

        /**
         * Encodes the specified CreateVMResponse message. Does not implicitly {@link hypervisor.CreateVMResponse.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.CreateVMResponse
         * @static
         * @param {hypervisor.CreateVMResponse.$Properties} message CreateVMResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CreateVMResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.agentSocketPath != null && $Object.hasOwnProperty.call(message, "agentSocketPath") && message.agentSocketPath !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.agentSocketPath);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CreateVMResponse message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.CreateVMResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.CreateVMResponse & hypervisor.CreateVMResponse.$Shape} CreateVMResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CreateVMResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.CreateVMResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.agentSocketPath = value;
                        else
                            delete message.agentSocketPath;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CreateVMResponse
         * @function getTypeUrl
         * @memberof hypervisor.CreateVMResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CreateVMResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.CreateVMResponse";
        };

        return CreateVMResponse;
    })();

    hypervisor.StartVMRequest = (function() {

        /**
         * Properties of a StartVMRequest.
         * @typedef {Object} hypervisor.StartVMRequest.$Properties
         * @property {string|null} [id] StartVMRequest id
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StartVMRequest.
         * @memberof hypervisor
         * @interface IStartVMRequest
         * @augments hypervisor.StartVMRequest.$Properties
         * @deprecated Use hypervisor.StartVMRequest.$Properties instead.
         */

        /**
         * Shape of a StartVMRequest.
         * @typedef {hypervisor.StartVMRequest.$Properties} hypervisor.StartVMRequest.$Shape
         */

        /**
         * Constructs a new StartVMRequest.
         * @memberof hypervisor
         * @classdesc Represents a StartVMRequest.
         * @constructor
         * @param {hypervisor.StartVMRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StartVMRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StartVMRequest id.
         * @member {string} id
         * @memberof hypervisor.StartVMRequest
         * @instance
         */
        StartVMRequest.prototype.id = "";

        /**
         * Creates a new StartVMRequest instance using the specified properties.
         * @function create
         * @memberof hypervisor.StartVMRequest
         * @static
         * @param {hypervisor.StartVMRequest.$Properties=} [properties] Properties to set
         * @returns {hypervisor.StartVMRequest} StartVMRequest instance
         * @type {{
         *   (properties: hypervisor.StartVMRequest.$Shape): hypervisor.StartVMRequest & hypervisor.StartVMRequest.$Shape;
         *   (properties?: hypervisor.StartVMRequest.$Properties): hypervisor.StartVMRequest;
         * }}
         */
        StartVMRequest.create = function(properties) {
            return new StartVMRequest(properties);
        };

        /**
         * Encodes the specified StartVMRequest message. Does not implicitly {@link hypervisor.StartVMRequest.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.StartVMRequest
         * @static
         * @param {hypervisor.StartVMRequest.$Properties} message StartVMRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StartVMRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StartVMRequest message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.StartVMRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.StartVMRequest & hypervisor.StartVMRequest.$Shape} StartVMRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StartVMRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.StartVMRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StartVMRequest
         * @function getTypeUrl
         * @memberof hypervisor.StartVMRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StartVMRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.StartVMRequest";
        };

        return StartVMRequest;
    })();

    hypervisor.StartVMResponse = (function() {

        /**
         * Properties of a StartVMResponse.
         * @typedef {Object} hypervisor.StartVMResponse.$Properties
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StartVMResponse.
         * @memberof hypervisor
         * @interface IStartVMResponse
         * @augments hypervisor.StartVMResponse.$Properties
         * @deprecated Use hypervisor.StartVMResponse.$Properties instead.
         */

        /**
         * Shape of a StartVMResponse.
         * @typedef {hypervisor.StartVMResponse.$Properties} hypervisor.StartVMResponse.$Shape
         */

        /**
         * Constructs a new StartVMResponse.
         * @memberof hypervisor
         * @classdesc Represents a StartVMResponse.
         * @constructor
         * @param {hypervisor.StartVMResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StartVMResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Creates a new StartVMResponse instance using the specified properties.
         * @function create
         * @memberof hypervisor.StartVMResponse
         * @static
         * @param {hypervisor.StartVMResponse.$Properties=} [properties] Properties to set
         * @returns {hypervisor.StartVMResponse} StartVMResponse instance
         * @type {{
         *   (properties: hypervisor.StartVMResponse.$Shape): hypervisor.StartVMResponse & hypervisor.StartVMResponse.$Shape;
         *   (properties?: hypervisor.StartVMResponse.$Properties): hypervisor.StartVMResponse;
         * }}
         */
        StartVMResponse.create = function(properties) {
            return new StartVMResponse(properties);
        };

        /**
         * Encodes the specified StartVMResponse message. Does not implicitly {@link hypervisor.StartVMResponse.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.StartVMResponse
         * @static
         * @param {hypervisor.StartVMResponse.$Properties} message StartVMResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StartVMResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StartVMResponse message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.StartVMResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.StartVMResponse & hypervisor.StartVMResponse.$Shape} StartVMResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StartVMResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.StartVMResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StartVMResponse
         * @function getTypeUrl
         * @memberof hypervisor.StartVMResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StartVMResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.StartVMResponse";
        };

        return StartVMResponse;
    })();

    hypervisor.StopVMRequest = (function() {

        /**
         * Properties of a StopVMRequest.
         * @typedef {Object} hypervisor.StopVMRequest.$Properties
         * @property {string|null} [id] StopVMRequest id
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StopVMRequest.
         * @memberof hypervisor
         * @interface IStopVMRequest
         * @augments hypervisor.StopVMRequest.$Properties
         * @deprecated Use hypervisor.StopVMRequest.$Properties instead.
         */

        /**
         * Shape of a StopVMRequest.
         * @typedef {hypervisor.StopVMRequest.$Properties} hypervisor.StopVMRequest.$Shape
         */

        /**
         * Constructs a new StopVMRequest.
         * @memberof hypervisor
         * @classdesc Represents a StopVMRequest.
         * @constructor
         * @param {hypervisor.StopVMRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StopVMRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * StopVMRequest id.
         * @member {string} id
         * @memberof hypervisor.StopVMRequest
         * @instance
         */
        StopVMRequest.prototype.id = "";

        /**
         * Creates a new StopVMRequest instance using the specified properties.
         * @function create
         * @memberof hypervisor.StopVMRequest
         * @static
         * @param {hypervisor.StopVMRequest.$Properties=} [properties] Properties to set
         * @returns {hypervisor.StopVMRequest} StopVMRequest instance
         * @type {{
         *   (properties: hypervisor.StopVMRequest.$Shape): hypervisor.StopVMRequest & hypervisor.StopVMRequest.$Shape;
         *   (properties?: hypervisor.StopVMRequest.$Properties): hypervisor.StopVMRequest;
         * }}
         */
        StopVMRequest.create = function(properties) {
            return new StopVMRequest(properties);
        };

        /**
         * Encodes the specified StopVMRequest message. Does not implicitly {@link hypervisor.StopVMRequest.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.StopVMRequest
         * @static
         * @param {hypervisor.StopVMRequest.$Properties} message StopVMRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StopVMRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StopVMRequest message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.StopVMRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.StopVMRequest & hypervisor.StopVMRequest.$Shape} StopVMRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StopVMRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.StopVMRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.id = value;
                        else
                            delete message.id;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StopVMRequest
         * @function getTypeUrl
         * @memberof hypervisor.StopVMRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StopVMRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.StopVMRequest";
        };

        return StopVMRequest;
    })();

    hypervisor.StopVMResponse = (function() {

        /**
         * Properties of a StopVMResponse.
         * @typedef {Object} hypervisor.StopVMResponse.$Properties
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a StopVMResponse.
         * @memberof hypervisor
         * @interface IStopVMResponse
         * @augments hypervisor.StopVMResponse.$Properties
         * @deprecated Use hypervisor.StopVMResponse.$Properties instead.
         */

        /**
         * Shape of a StopVMResponse.
         * @typedef {hypervisor.StopVMResponse.$Properties} hypervisor.StopVMResponse.$Shape
         */

        /**
         * Constructs a new StopVMResponse.
         * @memberof hypervisor
         * @classdesc Represents a StopVMResponse.
         * @constructor
         * @param {hypervisor.StopVMResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const StopVMResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Creates a new StopVMResponse instance using the specified properties.
         * @function create
         * @memberof hypervisor.StopVMResponse
         * @static
         * @param {hypervisor.StopVMResponse.$Properties=} [properties] Properties to set
         * @returns {hypervisor.StopVMResponse} StopVMResponse instance
         * @type {{
         *   (properties: hypervisor.StopVMResponse.$Shape): hypervisor.StopVMResponse & hypervisor.StopVMResponse.$Shape;
         *   (properties?: hypervisor.StopVMResponse.$Properties): hypervisor.StopVMResponse;
         * }}
         */
        StopVMResponse.create = function(properties) {
            return new StopVMResponse(properties);
        };

        /**
         * Encodes the specified StopVMResponse message. Does not implicitly {@link hypervisor.StopVMResponse.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.StopVMResponse
         * @static
         * @param {hypervisor.StopVMResponse.$Properties} message StopVMResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        StopVMResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a StopVMResponse message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.StopVMResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.StopVMResponse & hypervisor.StopVMResponse.$Shape} StopVMResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        StopVMResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.StopVMResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for StopVMResponse
         * @function getTypeUrl
         * @memberof hypervisor.StopVMResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        StopVMResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.StopVMResponse";
        };

        return StopVMResponse;
    })();

    hypervisor.VersionRequest = (function() {

        /**
         * Properties of a VersionRequest.
         * @typedef {Object} hypervisor.VersionRequest.$Properties
         * @property {string|null} [version] VersionRequest version
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VersionRequest.
         * @memberof hypervisor
         * @interface IVersionRequest
         * @augments hypervisor.VersionRequest.$Properties
         * @deprecated Use hypervisor.VersionRequest.$Properties instead.
         */

        /**
         * Shape of a VersionRequest.
         * @typedef {hypervisor.VersionRequest.$Properties} hypervisor.VersionRequest.$Shape
         */

        /**
         * Constructs a new VersionRequest.
         * @memberof hypervisor
         * @classdesc Represents a VersionRequest.
         * @constructor
         * @param {hypervisor.VersionRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VersionRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VersionRequest version.
         * @member {string} version
         * @memberof hypervisor.VersionRequest
         * @instance
         */
        VersionRequest.prototype.version = "";

        /**
         * Creates a new VersionRequest instance using the specified properties.
         * @function create
         * @memberof hypervisor.VersionRequest
         * @static
         * @param {hypervisor.VersionRequest.$Properties=} [properties] Properties to set
         * @returns {hypervisor.VersionRequest} VersionRequest instance
         * @type {{
         *   (properties: hypervisor.VersionRequest.$Shape): hypervisor.VersionRequest & hypervisor.VersionRequest.$Shape;
         *   (properties?: hypervisor.VersionRequest.$Properties): hypervisor.VersionRequest;
         * }}
         */
        VersionRequest.create = function(properties) {
            return new VersionRequest(properties);
        };

        /**
         * Encodes the specified VersionRequest message. Does not implicitly {@link hypervisor.VersionRequest.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.VersionRequest
         * @static
         * @param {hypervisor.VersionRequest.$Properties} message VersionRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VersionRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VersionRequest message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.VersionRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.VersionRequest & hypervisor.VersionRequest.$Shape} VersionRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VersionRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.VersionRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for VersionRequest
         * @function getTypeUrl
         * @memberof hypervisor.VersionRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        VersionRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.VersionRequest";
        };

        return VersionRequest;
    })();

    hypervisor.VersionResponse = (function() {

        /**
         * Properties of a VersionResponse.
         * @typedef {Object} hypervisor.VersionResponse.$Properties
         * @property {string|null} [version] VersionResponse version
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VersionResponse.
         * @memberof hypervisor
         * @interface IVersionResponse
         * @augments hypervisor.VersionResponse.$Properties
         * @deprecated Use hypervisor.VersionResponse.$Properties instead.
         */

        /**
         * Shape of a VersionResponse.
         * @typedef {hypervisor.VersionResponse.$Properties} hypervisor.VersionResponse.$Shape
         */

        /**
         * Constructs a new VersionResponse.
         * @memberof hypervisor
         * @classdesc Represents a VersionResponse.
         * @constructor
         * @param {hypervisor.VersionResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VersionResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VersionResponse version.
         * @member {string} version
         * @memberof hypervisor.VersionResponse
         * @instance
         */
        VersionResponse.prototype.version = "";

        /**
         * Creates a new VersionResponse instance using the specified properties.
         * @function create
         * @memberof hypervisor.VersionResponse
         * @static
         * @param {hypervisor.VersionResponse.$Properties=} [properties] Properties to set
         * @returns {hypervisor.VersionResponse} VersionResponse instance
         * @type {{
         *   (properties: hypervisor.VersionResponse.$Shape): hypervisor.VersionResponse & hypervisor.VersionResponse.$Shape;
         *   (properties?: hypervisor.VersionResponse.$Properties): hypervisor.VersionResponse;
         * }}
         */
        VersionResponse.create = function(properties) {
            return new VersionResponse(properties);
        };

        /**
         * Encodes the specified VersionResponse message. Does not implicitly {@link hypervisor.VersionResponse.verify|verify} messages.
         * @function encode
         * @memberof hypervisor.VersionResponse
         * @static
         * @param {hypervisor.VersionResponse.$Properties} message VersionResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VersionResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VersionResponse message from the specified reader or buffer.
         * @function decode
         * @memberof hypervisor.VersionResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {hypervisor.VersionResponse & hypervisor.VersionResponse.$Shape} VersionResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VersionResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.hypervisor.VersionResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for VersionResponse
         * @function getTypeUrl
         * @memberof hypervisor.VersionResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        VersionResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/hypervisor.VersionResponse";
        };

        return VersionResponse;
    })();

    return hypervisor;
})();

export {
  $root as default
};
