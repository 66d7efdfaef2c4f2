// A loss is a constant with the type of a function: PairLoss<…> or LossFunction<…>. Its page shows
// it as the function it is, with its parameters by name instead of overloads that differ in nothing
// but the result.
import {
  Converter,
  IntersectionType,
  ParameterReflection,
  ReferenceType,
  ReflectionFlag,
  ReflectionKind,
  SignatureReflection,
  UnionType,
} from 'typedoc';

/** @param {import('typedoc').Application} app */
export function signatures(app) {
  const onResolve = ({ project }) => {
    for (const variable of project.getReflectionsByKind(ReflectionKind.Variable)) {
      const call = callOf(variable.type);
      if (call !== undefined) becomeFunction(project, variable, call);
    }
  };
  // Before TypeDoc gives what a comment says of parameters to the parameters.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, onResolve, 100);
}

/** The LossFunction a type stands for: its reflection, its arrays and its options. */
function callOf(type) {
  if (type?.type !== 'reference') return undefined;
  if (type.name === 'LossFunction') {
    const [arrays, options] = type.typeArguments;
    return { lossFunction: type.reflection, arrays: arrays.elements, options };
  }
  if (type.name !== 'PairLoss') return undefined;
  const [options] = type.typeArguments;
  const general = type.reflection.type;
  return {
    lossFunction: general.reflection,
    arrays: general.typeArguments[0].elements,
    options,
  };
}

function becomeFunction(project, variable, { lossFunction, arrays, options }) {
  const signature = new SignatureReflection(variable.name, ReflectionKind.CallSignature, variable);
  signature.comment = variable.comment;
  signature.parameters = [
    ...arrays.map(({ name, element }) => parameterOf(signature, name, element)),
    parameterOf(signature, 'options', options),
  ];
  signature.parameters.at(-1).setFlag(ReflectionFlag.Optional);
  signature.type = resultType(lossFunction);

  variable.kind = ReflectionKind.Function;
  variable.signatures = [signature];
  variable.setFlag(ReflectionFlag.Const, false);
  delete variable.type;
  delete variable.defaultValue;
  delete variable.comment;
  for (const made of [signature, ...signature.parameters]) project.registerReflection(made);
}

function parameterOf(signature, name, type) {
  const parameter = new ParameterReflection(name, ReflectionKind.Parameter, signature);
  parameter.type = type;
  return parameter;
}

/** Loss | Loss & Gradient | RowLosses | RowLosses & Gradient, of the LossFunction's own module. */
function resultType(lossFunction) {
  const [loss, losses, gradient] = ['Loss', 'RowLosses', 'Gradient'].map((name) => {
    const reflection = lossFunction.parent.getChildByName([name]);
    return ReferenceType.createResolvedReference(name, reflection, lossFunction.project);
  });
  return new UnionType([
    loss,
    new IntersectionType([loss, gradient]),
    losses,
    new IntersectionType([losses, gradient]),
  ]);
}
